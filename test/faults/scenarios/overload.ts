import { setTimeout as delay } from 'node:timers/promises';
import type { Scenario } from '../scenario.ts';
import { settle, startSite } from '../under-load.ts';

/** Resident memory of a gateway at full speed, bytes: twice what it takes on a quiet day, and the bound of what waits for the disk. */
const MEMORY_MAX = 700 * 1024 * 1024;

/** Messages a second of the quiet time before, in which the gateway takes what memory it takes on any day. */
const QUIET_RATE = 200;
/** The quiet time after the flood: the gateway returns memory after a minute and a half of it (gateway/memory/give-back.ts). */
const LONGEST_SECONDS = 180;
const RETURNED_AFTER_SECONDS = 120;
/** What may be left then of the memory before, as a share. */
const LEFT_MAX = 1.1;
const MIB = 1024 * 1024;

export const overload: Scenario = {
  name: 'overload',
  title:
    'devices send as fast as they can: they are slowed, nothing acknowledged is lost, and the memory it took is returned',
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
    const quiet = Math.min(LONGEST_SECONDS, run.effort.outageSeconds);
    await delay(1000 * quiet);
    const left = gateway.rssBytes;
    if (quiet >= RETURNED_AFTER_SECONDS && left > LEFT_MAX * before)
      outcome.failures.push(`the gateway keeps ${Math.round(left / MIB)} MiB, of ${Math.round(before / MIB)} before`);
    if (slowed < samples / 4) outcome.failures.push('the devices were hardly ever slowed: this was no overload');
    if (memory > MEMORY_MAX) outcome.failures.push(`the gateway took ${Math.round(memory / MIB)} MiB`);
    Object.assign(outcome.figures, {
      acknowledged_per_second: Math.round(during / run.effort.loadSeconds),
      memory_before_mib: Math.round(before / MIB),
      memory_mib: Math.round(memory / MIB),
      memory_left_mib: Math.round(left / MIB),
    });
    return outcome;
  },
};
