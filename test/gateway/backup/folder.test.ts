import { mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  deleteLeftovers,
  deleteOldBackups,
  listBackups,
  makeWorkDir,
  newBackupName,
} from '../../../gateway/backup/folder.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const noon = Date.UTC(2026, 2, 1, 12);

/** A file of so many seconds after noon. */
function put(dir: string, name: string, seconds: number): void {
  writeFileSync(join(dir, name), 'x'.repeat(seconds));
  utimesSync(join(dir, name), noon / 1000 + seconds, noon / 1000 + seconds);
}

describe('the folder of backups', () => {
  it('lists them, newest first, and nothing else', () => {
    const dir = temporaryDirectory();
    put(dir, 'campus-edge-school-20260301T120001Z.tar.zst', 1);
    put(dir, 'campus-edge-school-20260301T120002Z.tar.zst', 2);
    put(dir, 'mine.tar.zst', 3);
    put(dir, 'notes.txt', 4);
    mkdirSync(join(dir, 'directory.tar.zst'));
    makeWorkDir(dir, process.pid);
    expect(listBackups(dir)).toEqual([
      { name: 'mine.tar.zst', bytes: 3, createdAt: noon + 3000 },
      { name: 'campus-edge-school-20260301T120002Z.tar.zst', bytes: 2, createdAt: noon + 2000 },
      { name: 'campus-edge-school-20260301T120001Z.tar.zst', bytes: 1, createdAt: noon + 1000 },
    ]);
    expect(listBackups(join(dir, 'none'))).toEqual([]);
  });

  it('gives a name with site and moment that no file has', () => {
    const dir = temporaryDirectory();
    const name = newBackupName(dir, 'school', noon);
    expect(name).toBe('campus-edge-school-20260301T120000Z.tar.zst');
    put(dir, name, 1);
    expect(newBackupName(dir, 'school', noon)).toBe('campus-edge-school-20260301T120000Z-2.tar.zst');
    expect(newBackupName(dir, undefined, noon)).toBe('campus-edge-20260301T120000Z.tar.zst');
  });

  it('is emptied of old backups that the product made, and of no others', async () => {
    const dir = temporaryDirectory();
    for (const second of [1, 2, 3]) put(dir, `campus-edge-school-20260301T12000${second}Z.tar.zst`, second);
    put(dir, 'mine.tar.zst', 0);
    put(dir, 'campus-edge-before-the-holidays.tar.zst', 0);
    expect(await deleteOldBackups(dir, 2)).toEqual(['campus-edge-school-20260301T120001Z.tar.zst']);
    expect(await deleteOldBackups(dir, 2)).toEqual([]);
    expect(listBackups(dir)).toHaveLength(4);
  });

  it('is cleared of what a killed process left, but not of what another one is at', () => {
    const dir = temporaryDirectory();
    makeWorkDir(dir, 2 ** 30);
    makeWorkDir(dir, process.ppid);
    deleteLeftovers(dir);
    expect(readdirSync(dir)).toEqual([`.backup-in-progress-${process.ppid}`]);
    deleteLeftovers(join(dir, 'none'));
  });
});
