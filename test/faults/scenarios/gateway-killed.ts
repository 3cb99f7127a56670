import { killAtRandom } from '../kills.ts';
import type { Scenario } from '../scenario.ts';
import { settle, startSite } from '../under-load.ts';

export const gatewayKilled: Scenario = {
  name: 'gateway',
  title: 'the gateway is killed under load; DuckDB holds every acknowledged message once',
  run: async (run) => {
    // So many that each kill finds messages which are committed and not yet acknowledged: they come again, and must not count twice.
    const site = await startSite(run, { load: { rate: 1500, window: 64 } });
    const { gateway } = site;
    await killAtRandom(run, 'gateway', {
      kill: () => gateway.end('SIGKILL'),
      launch: () => gateway.launch(),
      ready: () => gateway.ready(),
    });
    const outcome = await settle(run, site);
    outcome.figures['kills'] = run.effort.kills;
    return outcome;
  },
};
