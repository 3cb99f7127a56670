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

/** True when a figure is the same after so many milliseconds. */
async function standsStill(figure: () => number, ms: number): Promise<boolean> {
  const before = figure();
  await delay(ms);
  return figure() === before;
}
