import { setTimeout as delay } from 'node:timers/promises';
import { startInfluxd } from '../machine/stores.ts';
import type { Scenario } from '../scenario.ts';
import { settle, startSite } from '../under-load.ts';

export const storeDown: Scenario = {
  name: 'store-down',
  title: 'the store is away under load; everything acknowledged meanwhile is in it afterwards',
  run: async (run) => {
    const influxd = await startInfluxd(run);
    const config = `gateway: {store: "${influxd.location}"}`;
    const site = await startSite(run, { config, count: influxd.count });
    await delay(1000);
    await influxd.kill();
    const before = site.fleet.acknowledged;
    for (let second = 1; second <= run.effort.outageSeconds; second++) {
      await delay(1000);
      if (second % 10 === 0 || second === run.effort.outageSeconds)
        run.say(`store away for ${second} s, ${site.fleet.acknowledged - before} messages acknowledged meanwhile`);
    }
    const meanwhile = site.fleet.acknowledged - before;
    influxd.launch();
    await influxd.ready();
    const outcome = await settle(run, site, 180_000);
    if (meanwhile === 0) outcome.failures.push('nothing was acknowledged while the store was away');
    Object.assign(outcome.figures, { outage_seconds: run.effort.outageSeconds, meanwhile });
    return outcome;
  },
};
