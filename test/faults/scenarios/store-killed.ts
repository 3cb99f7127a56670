import { killAtRandom } from '../kills.ts';
import { type StoreServer, startInfluxd, startVictoriaMetrics } from '../machine/stores.ts';
import type { FaultRun, Scenario } from '../scenario.ts';
import { settle, startSite } from '../under-load.ts';

interface KilledStore {
  name: string;
  program: string;
  start: (run: FaultRun) => Promise<StoreServer>;
}

const influxd: KilledStore = { name: 'influxd', program: 'InfluxDB', start: startInfluxd };
const victoriaMetrics: KilledStore = {
  name: 'victoria-metrics',
  program: 'VictoriaMetrics',
  start: startVictoriaMetrics,
};

function storeKilled({ name, program, start }: KilledStore, as: 'primary' | 'mirror'): Scenario {
  return {
    name: as === 'primary' ? name : `${name}-mirror`,
    title: `${program} is killed under load, as the ${as === 'primary' ? 'only store' : 'mirror of DuckDB'}; it holds every acknowledged message`,
    run: async (run) => {
      const server = await start(run);
      const config =
        as === 'primary' ? `gateway: {store: "${server.location}"}` : `gateway: {mirrors: ["${server.location}"]}`;
      const site = await startSite(run, { config, count: server.count });
      await killAtRandom(run, name, server);
      const outcome = await settle(run, site, 120_000);
      outcome.figures['kills'] = run.effort.kills;
      return outcome;
    },
  };
}

export const influxdKilled = storeKilled(influxd, 'primary');
export const influxdMirrorKilled = storeKilled(influxd, 'mirror');
export const victoriaMetricsKilled = storeKilled(victoriaMetrics, 'primary');
export const victoriaMetricsMirrorKilled = storeKilled(victoriaMetrics, 'mirror');
