import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Product } from '../support/product.ts';
import { until } from '../support/until.ts';
import { type ProcessUsage, processUsage } from './process-usage.ts';
import { SimulatedFleet } from './simulated-devices.ts';

const processNames = ['gateway', 'agent', 'flows'] as const;
type ProcessName = (typeof processNames)[number];

export interface FootprintOptions {
  devices: number;
  /** Milliseconds between two batches of one device. */
  everyMs: number;
  /** How long to measure, ms. */
  measureMs: number;
}

export interface Footprint {
  devices: number;
  seconds: number;
  /** Batches acknowledged, and found in the store afterwards. */
  acknowledged: number;
  stored: number;
  processes: Record<ProcessName, { rss_mb: number; pss_mb: number; cpu_percent: number }>;
  rss_mb: number;
  pss_mb: number;
  /** Seconds from the start of `up` until /readyz answered 200. */
  ready_seconds: number;
}

/** Time for start-up work (compilation, first collection, inventory) to be over before the clock starts. */
const SETTLE_MS = 8000;

/** Runs the whole product under a fleet's load and reports what each process takes, CPU as a share of one core. */
export async function measureFootprint(options: FootprintOptions): Promise<Footprint> {
  const home = mkdtempSync(join(tmpdir(), 'campus-edge-bench-'));
  const product = await Product.prepare({ home });
  try {
    const started = performance.now();
    product.run();
    await product.ready();
    const readySeconds = (performance.now() - started) / 1000;
    const { devices, everyMs, measureMs } = options;
    const fleet = new SimulatedFleet({ home, mqttPort: product.mqttPort, devices, everyMs, prefix: 'sim' });
    await fleet.connect();
    fleet.report();
    await delay(SETTLE_MS);
    const before = usages(product);
    const measured = performance.now();
    await delay(measureMs);
    const after = usages(product);
    const seconds = (performance.now() - measured) / 1000;
    await fleet.stop();
    const stored = await storedBatches(product, fleet.acknowledged);
    return {
      ...summary({ before, after, seconds }),
      devices,
      seconds: round(seconds),
      acknowledged: fleet.acknowledged,
      stored,
      ready_seconds: round(readySeconds),
    };
  } finally {
    await product.stop();
    rmSync(home, { recursive: true, force: true });
  }
}

function usages(product: Product): Record<ProcessName, ProcessUsage> {
  return {
    gateway: processUsage(product.pid('gateway')),
    agent: processUsage(product.pid('agent')),
    flows: processUsage(product.pid('flows')),
  };
}

function summary({
  before,
  after,
  seconds,
}: {
  before: Record<ProcessName, ProcessUsage>;
  after: Record<ProcessName, ProcessUsage>;
  seconds: number;
}): Pick<Footprint, 'processes' | 'rss_mb' | 'pss_mb'> {
  const of = (name: ProcessName) => ({
    rss_mb: round(after[name].rssBytes / 1e6),
    pss_mb: round(after[name].pssBytes / 1e6),
    cpu_percent: round((100 * (after[name].cpuSeconds - before[name].cpuSeconds)) / seconds),
  });
  const processes = { gateway: of('gateway'), agent: of('agent'), flows: of('flows') };
  const sum = (key: 'rss_mb' | 'pss_mb'): number =>
    round(processNames.reduce((total, name) => total + processes[name][key], 0));
  return { processes, rss_mb: sum('rss_mb'), pss_mb: sum('pss_mb') };
}

/** Counts the fleet's batches in the store, once the last ones are there. */
async function storedBatches(product: Product, expected: number): Promise<number> {
  const day = 24 * 3600 * 1000;
  const range = `from=${Date.now() - day}&to=${Date.now() + day}&step=1d&aggregate=count`;
  let stored = 0;
  const count = async (): Promise<boolean> => {
    const { series } = await product.get<{ series: { points: [number, number][] }[] }>(
      `series?measurement=sim_net&field=seq&${range}`,
    );
    stored = series.flatMap(({ points }) => points).reduce((total, [, value]) => total + value, 0);
    return stored >= expected;
  };
  // A missing batch is the result, not a failure of the measurement.
  await until('all batches in the store', count).catch(() => undefined);
  return stored;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
