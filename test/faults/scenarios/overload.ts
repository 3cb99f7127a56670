import { setTimeout as delay } from 'node:timers/promises';
import type { Scenario } from '../scenario.ts';
import { settle, startSite } from '../under-load.ts';

/** Resident memory of a gateway at full speed, bytes: twice what it takes on a quiet day, and the bound of what waits for the disk. */
const MEMORY_MAX = 700 * 1024 * 1024;

/** Messages a second of the quiet time before, in which the gateway takes what memory it takes on any day. */
const QUIET_RATE = 200;
/** The quiet time after the flood is no longer than this: nothing changes any more. */
const LONGEST_SECONDS = 180;
const MIB = 1024 * 1024;

export const overload: Scenario = {
  name: 'overload',
  title: 'devices send as fast as they can: they are slowed, and nothing acknowledged is lost',
  run: async (run) => {
    const config = 'gateway: {mqtt: {messages_per_second: 1000000}}';
    // Forty thousand on their way at a time are more than any disk commits at once.
    const site = await startSite(run, { config, load: { devices: 20, rate: QUIET_RATE, window: 2000 } });
    const { gateway, fleet } = site;
    await delay(1000 * run.effort.loadSeconds);
    const before = gateway.rssBytes;
    const acknowledgedBefore = fleet.acknowledged;
    fleet.report(0);
    let [memory, slowed] = [0, 0];
    const samples = 10 * run.effort.loadSeconds;
    for (let sample = 0; sample < samples; sample++) {
      await delay(100);
      memory = Math.max(memory, gateway.rssBytes);
      if (fleet.publishers.every(({ waiting }) => waiting >= 1000)) slowed += 1;
    }
    const during = fleet.acknowledged - acknowledgedBefore;
    run.say(`${Math.round(during / run.effort.loadSeconds)} messages a second acknowledged`);
    const outcome = await settle(run, site, 240_000);
    await delay(1000 * Math.min(LONGEST_SECONDS, run.effort.outageSeconds));
    if (slowed < samples / 4) outcome.failures.push('the devices were hardly ever slowed: this was no overload');
    if (memory > MEMORY_MAX) outcome.failures.push(`the gateway took ${Math.round(memory / MIB)} MiB`);
    Object.assign(outcome.figures, {
      acknowledged_per_second: Math.round(during / run.effort.loadSeconds),
      memory_before_mib: Math.round(before / MIB),
      memory_mib: Math.round(memory / MIB),
      memory_left_mib: Math.round(gateway.rssBytes / MIB),
    });
    return outcome;
  },
};
