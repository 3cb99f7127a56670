import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { describe, expect, it, vi } from 'vitest';
import { DuckDbStore } from '../../../gateway/store/duckdb/duckdb-store.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { storeConformance } from './conformance/conformance.ts';

storeConformance({
  name: 'DuckDB',
  open: () => DuckDbStore.open(join(temporaryDirectory(), 'store.duckdb')),
  holds: ['number', 'string', 'boolean'],
  mixesTypes: true,
  deletes: true,
});

describe('DuckDB alone', () => {
  const points = [{ site: 's', device: 'd', measurement: 'system', tags: {}, fields: { load1: 1 }, time: 1000 }];

  it('keeps its position and data over a restart, in a file that only its owner reads', async () => {
    const path = join(temporaryDirectory(), 'store.duckdb');
    const first = await DuckDbStore.open(path);
    await first.write({ points, position: 42 });
    await first.close();
    expect(statSync(path).mode & 0o777).toBe(0o600);
    const second = await DuckDbStore.open(path);
    expect(await second.position()).toBe(42);
    expect(await second.latest({})).toEqual(points);
    await second.close();
  });

  it('goes on after a batch whose roll-ups could not be marked, and marks them with the next', async () => {
    const path = join(temporaryDirectory(), 'store.duckdb');
    const store = await DuckDbStore.open(path);
    const createAppender = vi.spyOn(DuckDBConnection.prototype, 'createAppender');
    createAppender.mockRejectedValueOnce(new Error('Out of Memory Error: failed to allocate'));
    await expect(store.write({ points, position: 1 })).rejects.toMatchObject({ code: 'store_unavailable' });
    createAppender.mockRestore();
    await store.write({ points, position: 1 });
    await store.close();
    const instance = await DuckDBInstance.create(path);
    const connection = await instance.connect();
    const marks = await connection.runAndReadAll('SELECT count(*) FROM campus.stale_steps');
    connection.closeSync();
    instance.closeSync();
    expect(Number(marks.getRows()[0]?.[0])).toBe(2);
  });

  it('gives the room of what was deleted back to the disk at the next start', async () => {
    const path = join(temporaryDirectory(), 'store.duckdb');
    const first = await DuckDbStore.open(path);
    await first.write({ points, position: 42 });
    await first.close();
    const filled = await DuckDBInstance.create(path);
    const connection = await filled.connect();
    // Random numbers cannot be compressed: 8 bytes each.
    await connection.run(
      'INSERT INTO "system" SELECT make_timestamp_ms(range * 10), 1, random() FROM range(10_000_000) ORDER BY range',
    );
    connection.closeSync();
    filled.closeSync();
    const second = await DuckDbStore.open(path);
    await second.deleteOlderThan('system', 95_000_000);
    await second.close();
    const before = statSync(path).size;
    const third = await DuckDbStore.open(path);
    const kept = { measurement: 'system', field: 'load1', from: 0, to: 1e9, groupBy: [], limit: 5 };
    const { series } = await third.series({ ...kept, step: 1e9, aggregate: 'count' });
    expect(series[0]?.points[0]?.[1]).toBe(500_000);
    expect(await third.position()).toBe(42);
    await third.write({ points: points.map((point) => ({ ...point, time: 99_999_000 })), position: 43 });
    await third.close();
    expect(before).toBeGreaterThan(64 * 1024 * 1024);
    expect(statSync(path).size).toBeLessThan(before / 5);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it('leaves no byte of what was erased in its file, nor in a copy of it', async () => {
    const dir = temporaryDirectory();
    const [path, copy] = [join(dir, 'store.duckdb'), join(dir, 'copy.duckdb')];
    const store = await DuckDbStore.open(path);
    const theirs = Array.from({ length: 5000 }, (_, n) => ({
      ...{ site: 's', device: 'd', measurement: 'wifi', time: 1000 * n },
      ...{ tags: { client: `9f86d081884c7d65` }, fields: { rssi: -n, log: `9f86d081884c7d65 joined ${n}` } },
    }));
    const others = theirs.map((point) => ({
      ...point,
      tags: { client: 'other' },
      fields: { ...point.fields, log: 'x' },
    }));
    await store.write({ points: [...theirs, ...others], position: 1 });
    await store.maintain(1e9);
    await store.snapshot(`${copy}.before`, AbortSignal.timeout(30_000));
    expect(readFileSync(`${copy}.before`).includes('9f86d081884c7d65')).toBe(true);
    await store.erase({ text: '9f86d081884c7d65' });
    for (const name of readdirSync(dir).filter((file) => file.startsWith('store.duckdb'))) {
      expect(readFileSync(join(dir, name)).includes('9f86d081884c7d65'), name).toBe(false);
    }
    await store.snapshot(copy, AbortSignal.timeout(30_000));
    expect(readFileSync(copy).includes('9f86d081884c7d65')).toBe(false);
    const left = await store.read({ measurement: 'wifi', from: 0, to: 1e9, limit: 10_000 });
    expect(left.points).toEqual(others);
    await store.close();
  });

  it('says that another gateway runs when its file is held', async () => {
    const path = join(temporaryDirectory(), 'store.duckdb');
    const holder = await DuckDbStore.open(path);
    const { spawnSync } = await import('node:child_process');
    const module = JSON.stringify(join(import.meta.dirname, '../../../gateway/store/duckdb/duckdb-store.ts'));
    const script = `const { DuckDbStore } = await import(${module}); await DuckDbStore.open(${JSON.stringify(path)}).catch((e) => console.log(e.code, e.message));`;
    const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
    await holder.close();
    expect(stdout).toContain('home_locked');
    expect(stdout).toContain('stop the other gateway');
  });
});
