import { statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { isRoot } from '../../support/root.ts';
import { until } from '../../support/until.ts';
import { SmallDisk } from '../machine/small-disk.ts';
import type { Scenario } from '../scenario.ts';
import { settle, startSite } from '../under-load.ts';

/** The disk stays full for no longer than this: nothing changes any more. */
const LONGEST_SECONDS = 60;

export const diskFull: Scenario = {
  name: 'disk-full',
  title:
    'the disk is full under load and freed again, the gateway killed and started again meanwhile; everything acknowledged is stored once',
  unable: () => (isRoot ? undefined : 'mounting a small file system needs root'),
  run: async (run) => {
    const disk = SmallDisk.mount(run, 64);
    const site = await startSite(run, { home: disk.directory });
    const { gateway, fleet } = site;
    await delay(1000 * run.effort.loadSeconds);
    disk.fill();
    await until('acknowledgements stop', () => standsStill(() => fleet.acknowledged, 1000), { timeoutMs: 30_000 });
    run.say(`disk full: no more acknowledgements after ${fleet.acknowledged}`);
    const seconds = Math.min(LONGEST_SECONDS, run.effort.outageSeconds);
    await delay(500 * seconds);
    await gateway.end('SIGKILL');
    // A full disk is when people need the console.
    await gateway.start();
    run.say('started again on the full disk');
    await delay(500 * seconds);
    disk.free();
    run.say('disk freed');
    return settle(run, site);
  },
};

/** The write-ahead log that DuckDB moves into its file when it has become larger than 16 MiB. */
const WAL_BYTES = 12 * 1024 * 1024;
/** Room that is left then, bytes: enough for the rest of the log, too little for what is in it. */
const ROOM_BYTES = 12 * 1024 * 1024;

export const diskFullCheckpoint: Scenario = {
  name: 'disk-full-checkpoint',
  title:
    'the disk fills up while DuckDB moves its log into its file, and is freed again; the gateway goes on by itself, and everything acknowledged is stored once',
  unable: () => (isRoot ? undefined : 'mounting a small file system needs root'),
  run: async (run) => {
    const disk = SmallDisk.mount(run, 128);
    const site = await startSite(run, { home: disk.directory, load: { padding: 15_000, rate: 40 } });
    const { gateway, fleet } = site;
    const wal = join(gateway.home, 'gateway', 'store.duckdb.wal');
    const walBytes = (): number => statSync(wal, { throwIfNoEntry: false })?.size ?? 0;
    await until("DuckDB's log has grown", () => walBytes() > WAL_BYTES, { timeoutMs: 60_000 });
    disk.fill({ leaving: ROOM_BYTES });
    await until('acknowledgements stop', () => standsStill(() => fleet.acknowledged, 1000), { timeoutMs: 60_000 });
    await delay(1000 * Math.min(LONGEST_SECONDS, run.effort.outageSeconds));
    disk.free();
    run.say('disk freed');
    const outcome = await settle(run, site);
    // Whether the disk is full in that very moment depends on the sizes of batches; the figure tells what was tried.
    outcome.figures['failed_checkpoints'] = gateway.log.split('Failed to create checkpoint').length - 1;
    if (!gateway.running) outcome.failures.push('the gateway has ended');
    return outcome;
  },
};

/** True when a figure is the same after so many milliseconds. */
async function standsStill(figure: () => number, ms: number): Promise<boolean> {
  const before = figure();
  await delay(ms);
  return figure() === before;
}
