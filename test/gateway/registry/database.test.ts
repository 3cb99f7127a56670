import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { openDatabase } from '../../../gateway/registry/database.ts';
import { checkpoint, openRegistry } from '../../../gateway/registry/registry.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { Clock, temporaryRegistry } from './temporary-registry.ts';

const modeOf = (path: string): string => (statSync(path).mode & 0o777).toString(8);

test('only the owner may read the registry, its write-ahead log included', () => {
  const { registry, path } = temporaryRegistry();
  registry.devices.seen('school', 'room-1', 1);
  expect([path, `${path}-wal`, `${path}-shm`].map(modeOf)).toEqual(['600', '600', '600']);
});

test('a file that others may read is closed to them', () => {
  const path = join(temporaryDirectory(), 'registry.sqlite');
  writeFileSync(path, '', { mode: 0o644 });
  openRegistry(path, new Clock()).close();
  expect(modeOf(path)).toBe('600');
});

test('a damaged file is refused with what to do, and left as it is', () => {
  const path = join(temporaryDirectory(), 'registry.sqlite');
  const damage = 'this is no database '.repeat(500);
  writeFileSync(path, damage);
  expect(() => openRegistry(path, new Clock())).toThrow(
    expect.objectContaining({ code: 'registry_unusable', message: expect.stringContaining(path) }),
  );
  expect(readFileSync(path, 'utf8')).toBe(damage);
});

test('a file of a newer version is refused', () => {
  const { registry, path } = temporaryRegistry();
  registry.close();
  const db = new DatabaseSync(path);
  db.exec('PRAGMA user_version = 999');
  db.close();
  expect(() => openRegistry(path, new Clock())).toThrow(
    expect.objectContaining({ code: 'registry_unusable', message: expect.stringContaining('999') }),
  );
});

test('a checkpoint moves the write-ahead log into the database while the registry stays open', () => {
  const { registry, path } = temporaryRegistry();
  const before = statSync(path).size;
  for (let device = 0; device < 200; device += 1) registry.devices.seen('school', `room-${device}`, 1);
  expect(statSync(path).size).toBe(before);
  checkpoint(path);
  expect(statSync(path).size).toBeGreaterThan(before);
  registry.devices.seen('school', 'late', 2);
  expect(registry.devices.has('school', 'late')).toBe(true);
});

test('with checkpoints the write-ahead log does not grow', () => {
  const { registry, path } = temporaryRegistry();
  const sizes = Array.from({ length: 5 }, (_, round) => {
    for (let n = 0; n < 200; n += 1) registry.devices.seen('school', `room-${round}-${n}`, 1);
    checkpoint(path);
    return statSync(`${path}-wal`).size;
  });
  expect(Math.max(...sizes)).toBeLessThan(2 * (sizes[0] ?? 0));
});

test('nobody waits for the disk in a commit, which would keep the other processes waiting', () => {
  const db = openDatabase(join(temporaryDirectory(), 'registry.sqlite'));
  // NORMAL is 1 and FULL is 2 (https://sqlite.org/pragma.html#pragma_synchronous).
  expect(db.prepare('PRAGMA synchronous').get()?.['synchronous']).toBe(1);
  db.close();
});
