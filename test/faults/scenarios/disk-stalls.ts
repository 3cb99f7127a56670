import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as delay } from 'node:timers/promises';
import type { Scenario } from '../scenario.ts';
import { settle, startSite } from '../under-load.ts';

/** How long the disk takes nothing, ms: less than the spool waits for a lock, which stands for the disk here. */
const STALL_MS = 4000;
/** Resident memory, bytes: what the gateway takes at full speed, and what may wait for the disk. The devices have three times as much on their way. */
const MEMORY_MAX = 1000 * 1024 * 1024;

export const diskStalls: Scenario = {
  name: 'disk-stalls',
  title:
    'the disk takes nothing for seconds while devices send large messages as fast as they can: the gateway does not fill its memory',
  run: async (run) => {
    const config = 'gateway: {mqtt: {messages_per_second: 1000000}}';
    const site = await startSite(run, { config, load: { devices: 16, rate: 0, window: 600, padding: 15_000 } });
    const { gateway } = site;
    await delay(1000 * run.effort.loadSeconds);
    let memory = 0;
    const stalls = Math.min(3, run.effort.kills);
    for (let stall = 1; stall <= stalls; stall++) {
      const spool = new DatabaseSync(join(gateway.home, 'gateway', 'spool.sqlite'), { timeout: 5000 });
      spool.exec('BEGIN IMMEDIATE');
      const until = performance.now() + STALL_MS;
      while (performance.now() < until) {
        await delay(100);
        memory = Math.max(memory, gateway.rssBytes);
      }
      spool.exec('ROLLBACK');
      spool.close();
      run.say(`stall ${stall} of ${stalls}: the gateway takes ${Math.round(memory / 2 ** 20)} MiB`);
      await delay(1000);
    }
    const outcome = await settle(run, site, 180_000);
    if (memory > MEMORY_MAX) outcome.failures.push(`the gateway took ${Math.round(memory / 2 ** 20)} MiB`);
    outcome.figures['memory_mib'] = Math.round(memory / 2 ** 20);
    return outcome;
  },
};
