import { parentPort, workerData } from 'node:worker_threads';
import { DevicePublisher } from '../faults/load/device-publisher.ts';
import type { Account } from '../faults/mqtt/connection.ts';

/** Messages a second of each device: what an agent with every collector sends, and some more. */
const PER_SECOND = 10;
const REPORT_MS = 200;

/** What the thread is given. */
export interface LegitimateWork {
  port: number;
  site: string;
  devices: { device: string; account: Account }[];
}

/** What it tells every 200 ms: the latencies of what was acknowledged since, ms. */
export interface LegitimateReport {
  latencies: number[];
  /** Connections made so far: more than there are devices means that some were sent away. */
  connections: number;
  /** Age of the oldest message that is not acknowledged, ms. */
  waiting: number;
}

const { port, site, devices } = workerData as LegitimateWork;
let latencies: number[] = [];
const epoch = Date.now();
const publishers = devices.map(
  ({ device, account }) =>
    new DevicePublisher({
      ...{ port, site, device, account, epoch },
      boot: `fuzz-${device}`,
      window: 1000,
      metrics: (sequence, timestamp) => [{ name: 'load', tags: {}, fields: { sequence }, timestamp }],
      onAcknowledged: (latencyMs) => void latencies.push(latencyMs),
    }),
);
for (const publisher of publishers) publisher.start();
setInterval(() => {
  for (const publisher of publishers) publisher.publishNext();
}, 1000 / PER_SECOND);
setInterval(() => {
  const report: LegitimateReport = {
    latencies,
    connections: publishers.reduce((sum, { connections }) => sum + connections, 0),
    waiting: publishers.reduce((sum, publisher) => sum + publisher.waiting, 0),
  };
  latencies = [];
  parentPort?.postMessage(report);
}, REPORT_MS);
