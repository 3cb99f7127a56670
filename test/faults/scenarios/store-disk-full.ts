import { setTimeout as delay } from 'node:timers/promises';
import { isRoot } from '../../support/root.ts';
import { until } from '../../support/until.ts';
import { SmallDisk } from '../machine/small-disk.ts';
import { type StoreServer, startInfluxd, startVictoriaMetrics } from '../machine/stores.ts';
import type { FaultRun, Scenario } from '../scenario.ts';
import { settle, startSite } from '../under-load.ts';

/** The disk stays full for no longer than this: nothing changes any more. */
const LONGEST_SECONDS = 60;

interface FullStore {
  name: string;
  /** True for a server that has to be started again after its disk was full: InfluxDB 1.6 goes on to answer "no space left". */
  staysBroken: boolean;
  program: string;
  start: (run: FaultRun, within: string) => Promise<StoreServer>;
}

function storeDiskFull({ name, program, start, staysBroken }: FullStore): Scenario {
  return {
    name,
    title: `the disk of ${program} is full under load and freed again; what is acknowledged meanwhile waits, and is stored`,
    unable: () => (isRoot ? undefined : 'mounting a small file system needs root'),
    run: async (run) => {
      const disk = SmallDisk.mount(run, 96);
      const server = await start(run, disk.directory);
      const site = await startSite(run, { config: `gateway: {store: "${server.location}"}`, count: server.count });
      const { gateway, fleet } = site;
      await delay(1000 * run.effort.loadSeconds);
      disk.fill();
      const hasFailed = async (): Promise<boolean> => (await gateway.figure('campus_store_failures_total')) > 0;
      await until(`${program} takes nothing`, hasFailed, { timeoutMs: 60_000 });
      const before = fleet.acknowledged;
      await delay(1000 * Math.min(LONGEST_SECONDS, run.effort.outageSeconds));
      const meanwhile = fleet.acknowledged - before;
      disk.free();
      run.say(`disk freed, ${meanwhile} messages acknowledged meanwhile`);
      if (staysBroken) await server.kill();
      if (!server.running()) {
        server.launch();
        await server.ready();
      }
      const outcome = await settle(run, site, 120_000);
      if (meanwhile === 0) outcome.failures.push('nothing was acknowledged while the disk was full');
      const setAside = await gateway.figure('campus_rejects_total');
      if (setAside > 0) outcome.failures.push(`${setAside} messages were set aside`);
      outcome.figures['meanwhile'] = meanwhile;
      return outcome;
    },
  };
}

export const influxdDiskFull = storeDiskFull({
  name: 'influxd-disk-full',
  staysBroken: true,
  program: 'InfluxDB',
  start: startInfluxd,
});
export const victoriaMetricsDiskFull = storeDiskFull({
  name: 'victoria-metrics-disk-full',
  staysBroken: false,
  program: 'VictoriaMetrics',
  start: startVictoriaMetrics,
});
