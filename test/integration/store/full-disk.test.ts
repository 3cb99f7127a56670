import { spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ReopeningStore } from '../../../gateway/store/duckdb/reopening-store.ts';
import type { Batch } from '../../../gateway/store/store.ts';
import { SmallDisk } from '../../faults/machine/small-disk.ts';
import { isRoot } from '../../support/root.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

/** DuckDB moves its write-ahead log into the file when the log is larger than this, 16 MiB. */
const CHECKPOINT_BYTES = 16 * 1024 * 1024;
const POINTS = 2000;

/** Points whose values cannot be compressed. */
function batchAt(position: number): Batch {
  const points = Array.from({ length: POINTS }, (_, index) => ({
    ...{ site: 's', device: 'd', measurement: 'm', tags: {}, time: 1.79e12 + position * POINTS + index },
    fields: { a: Math.random(), b: Math.random(), c: Math.random(), d: Math.random() },
  }));
  return { points, position };
}

describe.runIf(isRoot)('DuckDB on a disk that fills up', () => {
  it('goes on after a checkpoint that found no room, with everything that was written and nothing twice', async () => {
    const disk = SmallDisk.mount({ directory: temporaryDirectory, atEnd: (undo) => onTestFinished(undo) }, 48);
    const path = join(disk.directory, 'store.duckdb');
    const store = await ReopeningStore.open(path);
    let written = 0;
    while ((statSync(`${path}.wal`, { throwIfNoEntry: false })?.size ?? 0) < CHECKPOINT_BYTES - 500_000) {
      await store.write(batchAt(++written));
    }
    disk.fill({ leaving: 4 * 1024 * 1024 });
    const failures: string[] = [];
    for (let attempt = 0; attempt < 12; attempt++) {
      try {
        await store.write(batchAt(written + 1));
        written++;
      } catch (error) {
        failures.push((error as Error).message);
      }
    }
    expect(failures.join()).toContain('Failed to create checkpoint');
    const counted = { measurement: 'm', field: 'a', from: 0, to: 4e12, step: 4e12, aggregate: 'count' as const };
    const count = async () => (await store.series({ ...counted, groupBy: [], limit: 1 })).series[0]?.points[0]?.[1];
    expect(await count()).toBe(written * POINTS);
    disk.free();
    expect(await store.position()).toBe(written);
    await store.write(batchAt(++written));
    expect(await count()).toBe(written * POINTS);
    expect(isHeldFromOutside(path)).toBe(true);
    await store.close();
  });
});

/** The lock on the file must have survived that it was closed and opened anew. */
function isHeldFromOutside(path: string): boolean {
  const module = JSON.stringify(join(import.meta.dirname, '../../../gateway/store/duckdb/stopped-store.ts'));
  const script = `const { isStoreHeld } = await import(${module}); console.log(await isStoreHeld(${JSON.stringify(path)}));`;
  const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
  return stdout.trim() === 'true';
}
