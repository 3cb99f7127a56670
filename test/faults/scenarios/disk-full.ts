import { statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { isRoot } from '../../support/root.ts';
import { until } from '../../support/until.ts';
import { loadMeasurements } from '../load/fleet.ts';
import { SmallDisk } from '../machine/small-disk.ts';
import type { Scenario } from '../scenario.ts';
import { type Site, settle, startSite } from '../under-load.ts';

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

/** Bytes of text in one point of the load that fills DuckDB's log; a message has two points. */
const PADDING = 15_000;
/** One step of it, in messages: 1 MB, and few enough for the devices' windows. */
const STEP_MESSAGES = 34;
/** DuckDB moves its write-ahead log into its file when the log is larger than 16 MiB; two steps or three are missing then. */
const WAL_BYTES = 14 * 1024 * 1024;
/** The steps that bring it over this for certain, in one batch. */
const LAST_STEPS = 3;
/**
 * Room for the last steps three times, in the spool's log, in its file and in DuckDB's log; what lies in DuckDB's log does not go in a second
 * time, even if DuckDB makes half of it.
 */
const ROOM_BYTES = 10 * 1024 * 1024;

export const diskFullCheckpoint: Scenario = {
  name: 'disk-full-checkpoint',
  title:
    'the disk fills up while DuckDB moves its log into its file, and is freed again; the gateway goes on by itself, and everything acknowledged is stored once',
  unable: () => (isRoot ? undefined : 'mounting a small file system needs root'),
  run: async (run) => {
    const disk = SmallDisk.mount(run, 128);
    const site = await startSite(run, { home: disk.directory, load: { padding: PADDING, rate: 40 } });
    const { gateway, fleet } = site;
    // From here on the log grows by known steps: whether the checkpoint fails is not to hang on when a batch is written.
    await until('every device is there', () => fleet.publishers.every(({ connected }) => connected));
    await fleet.settle();
    const wal = join(gateway.home, 'gateway', 'store.duckdb.wal');
    const walBytes = (): number => statSync(wal, { throwIfNoEntry: false })?.size ?? 0;
    const grown = async (): Promise<boolean> => {
      if (walBytes() > WAL_BYTES) return true;
      await storeStep(site);
      return false;
    };
    await until("DuckDB's log has grown", grown, { timeoutMs: 60_000, everyMs: 0 });
    disk.fill({ leaving: ROOM_BYTES });
    run.say(`DuckDB's log has ${walBytes()} bytes, the disk ${ROOM_BYTES} left`);
    fleet.send(LAST_STEPS * STEP_MESSAGES);
    const checkpoints = (): number => gateway.log.split('Failed to create checkpoint').length - 1;
    // A commit finds the log too large that those before have made so, and none comes by itself but the averages, each half minute.
    const failed = (): boolean => {
      if (checkpoints() > 0) return true;
      if (fleet.acknowledged === fleet.issued) fleet.send(1);
      return false;
    };
    await until('a checkpoint fails', failed, { timeoutMs: 90_000, everyMs: 500 });
    fleet.report();
    await until('acknowledgements stop', () => standsStill(() => fleet.acknowledged, 1000), { timeoutMs: 60_000 });
    await delay(1000 * Math.min(LONGEST_SECONDS, run.effort.outageSeconds));
    disk.free();
    run.say('disk freed');
    const outcome = await settle(run, site);
    outcome.figures['failed_checkpoints'] = checkpoints();
    if (!gateway.running) outcome.failures.push('the gateway has ended');
    return outcome;
  },
};

/** Sends one step of the load, and has the store take it: whoever asks the API sees all that was acknowledged. */
async function storeStep({ gateway, fleet }: Site): Promise<void> {
  fleet.send(STEP_MESSAGES);
  await until('a step is acknowledged', () => fleet.acknowledged === fleet.issued);
  await gateway.get(`series?measurement=${loadMeasurements[0]}&field=seq&from=0&to=1`);
}

/** True when a figure is the same after so many milliseconds. */
async function standsStill(figure: () => number, ms: number): Promise<boolean> {
  const before = figure();
  await delay(ms);
  return figure() === before;
}
