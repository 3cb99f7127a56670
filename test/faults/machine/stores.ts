import { Influxd } from '../../support/influxd.ts';
import { VictoriaMetrics } from '../../support/victoria-metrics.ts';
import type { FaultRun } from '../scenario.ts';
import { countFromInfluxdb } from '../stored/from-influxdb.ts';
import { countFromVictoriaMetrics } from '../stored/from-victoria-metrics.ts';
import type { CountStored } from '../stored/stored.ts';

/** A database server beside the gateway. */
export interface StoreServer {
  /** As campus-edge.yaml names it. */
  location: string;
  /** Asks the server itself. */
  count: CountStored;
  kill: () => Promise<void>;
  launch: () => void;
  ready: () => Promise<void>;
  running: () => boolean;
}

/** @param within where its data lie; the system's temporary directory unless given */
export async function startInfluxd(run: FaultRun, within?: string): Promise<StoreServer> {
  const influxd = await Influxd.start(within === undefined ? {} : { within });
  run.atEnd(() => influxd.remove());
  return {
    location: `influxdb://127.0.0.1:${influxd.port}/faults`,
    count: countFromInfluxdb(influxd.port, 'faults'),
    kill: () => influxd.kill('SIGKILL'),
    launch: () => influxd.launch(),
    ready: () => influxd.ready(),
    running: () => influxd.running,
  };
}

/** @param within where its data lie; the system's temporary directory unless given */
export async function startVictoriaMetrics(run: FaultRun, within?: string): Promise<StoreServer> {
  const server = await VictoriaMetrics.start(undefined, within);
  run.atEnd(() => server.remove());
  return {
    location: `victoriametrics://127.0.0.1:${server.port}`,
    count: countFromVictoriaMetrics(server.port),
    kill: () => server.kill('SIGKILL'),
    launch: () => server.launch(),
    ready: () => server.ready(),
    running: () => server.running,
  };
}
