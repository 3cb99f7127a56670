import { statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DuckDbStore } from '../../../gateway/store/duckdb/duckdb-store.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { storeConformance } from './conformance/conformance.ts';

storeConformance({
  name: 'DuckDB',
  open: () => DuckDbStore.open(join(temporaryDirectory(), 'store.duckdb')),
  holds: ['number', 'string', 'boolean'],
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
