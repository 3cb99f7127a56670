import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { encodeMessages } from '../../../gateway/store/batch.ts';
import { Drain } from '../../../gateway/store/drain.ts';
import { InfluxDbStore } from '../../../gateway/store/influxdb/influxdb-store.ts';
import type { Point, Store } from '../../../gateway/store/store.ts';
import { VictoriaMetricsStore } from '../../../gateway/store/victoriametrics/victoriametrics-store.ts';
import { DurableQueue } from '../../../queue/queue.ts';
import { QueueReader } from '../../../queue/queue-reader.ts';
import { HttpRelay } from '../../faults/machine/http-relay.ts';
import { InfluxStandIn } from '../../support/influx-stand-in.ts';
import { Influxd } from '../../support/influxd.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { until } from '../../support/until.ts';
import { VictoriaMetrics } from '../../support/victoria-metrics.ts';

/* Servers that answer 5xx: to everything for a while, which must lose nothing, or to one message for ever, which must hold up nothing. */

const needs = { holdDays: 365, askForLess: String };
const secret = 'token';
const MINUTE_MS = 60_000;

let influxd: Influxd;
let victoriaMetrics: VictoriaMetrics;
beforeAll(async () => {
  influxd = await Influxd.start();
  victoriaMetrics = await VictoriaMetrics.start();
});
afterAll(async () => {
  await influxd.remove();
  await victoriaMetrics.remove();
});

interface ServerUnderTest {
  name: string;
  /** The port of a server, and the store that speaks to it at another one. */
  open: () => Promise<{ port: number; storeAt: (url: string, elapsed: () => number) => Store }>;
  settle: () => Promise<void>;
}

const servers: ServerUnderTest[] = [
  {
    name: 'InfluxDB 1.x',
    open: async () => {
      const database = `failing_${Math.random().toString(36).slice(2)}`;
      return { port: influxd.port, storeAt: (url) => new InfluxDbStore({ version: 1, url, database }, needs) };
    },
    settle: async () => {},
  },
  {
    name: 'InfluxDB 2.x (stand-in)',
    open: async () => {
      const target = { version: 2, org: 'school', database: 'campus' } as const;
      const standIn = await InfluxStandIn.start(influxd, { ...target, token: secret });
      onTestFinished(() => standIn.stop());
      const storeAt = (url: string): Store => new InfluxDbStore({ ...target, url, credentials: { secret } }, needs);
      return { port: Number(new URL(standIn.url).port), storeAt };
    },
    settle: async () => {},
  },
  {
    name: 'VictoriaMetrics',
    open: async () => ({
      port: victoriaMetrics.port,
      storeAt: (url, elapsed) => new VictoriaMetricsStore({ url, selectUrl: url }, needs, { now: Date.now, elapsed }),
    }),
    settle: () => victoriaMetrics.settle(),
  },
];

let series = 0;

/** A spool, a drain, and a relay before the server that fails where it is told to. The clock goes on as the test says. */
async function drainInto({ open, settle }: ServerUnderTest) {
  const clock = { ms: 0 };
  const elapsed = (): number => performance.now() + clock.ms;
  const { port, storeAt } = await open();
  const relay = await HttpRelay.listen(port, () => {});
  const store = storeAt(`http://127.0.0.1:${relay.port}`, elapsed);
  await store.check();
  const queue = await DurableQueue.open({ path: join(temporaryDirectory(), 'spool.sqlite'), maxBytes: 1e9 });
  const reader = new QueueReader(queue.path);
  const seen = { position: 0, failures: 0, setAside: [] as number[] };
  const drain = new Drain({
    store,
    reader,
    position: 0,
    onDrained: ({ position }) => {
      seen.position = position;
    },
    onSetAside: ({ position }) => seen.setAside.push(position),
    onFailure: () => {
      seen.failures++;
    },
    elapsed,
  });
  onTestFinished(async () => {
    await drain.stop();
    reader.close();
    await queue.close();
    await relay.close();
  });
  const device = `room-${++series}`;
  const start = Date.now() - 3600_000;
  /** Appends a message for each value; its position is the value when they begin with 1. */
  const append = async (...values: number[]): Promise<void> => {
    const points: Point[] = values.map((value) => ({
      ...{ site: 'school', device, measurement: 'sensor', tags: { of: `v${value}.` } },
      ...{ fields: { value }, time: start + value },
    }));
    await Promise.all(encodeMessages(points).map((message) => queue.append({ ...message, receivedAt: 1 })));
    drain.hurry();
  };
  const stored = async (): Promise<number[]> => {
    await settle();
    const range = { measurement: 'sensor', field: 'value', from: start, to: start + 3600_000, limit: 1e5 };
    const answer = await store.series({ ...range, device, aggregate: 'mean', groupBy: [] });
    const values = answer.series.flatMap(({ points }) => points.map(([, value]) => Number(value)));
    return [...new Set(values)].sort((one, other) => one - other);
  };
  const isStored = (expected: number[]): Promise<boolean> =>
    until('the others are stored', async () => String(await stored()) === String(expected), { timeoutMs: 30_000 });
  return { relay, append, stored, isStored, seen, clock };
}

const range = (first: number, last: number): number[] =>
  Array.from({ length: last - first + 1 }, (_, index) => first + index);
const without = (values: number[], ...left: number[]): number[] => values.filter((value) => !left.includes(value));
const holds =
  (...values: number[]) =>
  (lines: string): boolean =>
    values.some((value) => lines.includes(`v${value}.`));

describe.each(servers)('$name', { timeout: 60_000 }, (server) => {
  it('that fails over some messages for ever holds nothing up; they are set aside after minutes', async () => {
    const { relay, append, isStored, seen, clock } = await drainInto(server);
    relay.failsOver = holds(20, 21, 70);
    await append(...range(1, 100));
    await isStored(without(range(1, 100), 20, 21, 70));
    expect(seen.setAside).toEqual([]);
    // The spool keeps what is in doubt.
    expect(seen.position).toBeLessThan(20);
    let last = 100;
    while (seen.setAside.length < 3 && last < 115) {
      clock.ms += MINUTE_MS;
      await append(++last);
      await isStored(without(range(1, last), 20, 21, 70));
    }
    expect(seen.setAside.toSorted((one, other) => one - other)).toEqual([20, 21, 70]);
    expect(clock.ms).toBeGreaterThanOrEqual(5 * MINUTE_MS);
    // VictoriaMetrics has it on its disk some time later.
    clock.ms += MINUTE_MS;
    await until('the spool may forget everything', () => seen.position === last, { timeoutMs: 20_000 });
    expect(seen.setAside).toHaveLength(3);
  });

  it('that fails over a message for a while gets it again, and nothing is set aside', async () => {
    const { relay, append, isStored, seen, clock } = await drainInto(server);
    relay.failsOver = holds(20);
    await append(...range(1, 40));
    await isStored(without(range(1, 40), 20));
    for (let next = 41; next <= 43; next++) {
      clock.ms += MINUTE_MS;
      await append(next);
      await isStored(without(range(1, next), 20));
    }
    relay.failsOver = () => false;
    clock.ms += MINUTE_MS;
    await append(44);
    await isStored(range(1, 44));
    clock.ms += MINUTE_MS;
    await until('the spool may forget it', () => seen.position === 44, { timeoutMs: 20_000 });
    expect(seen.setAside).toEqual([]);
  });

  it('that fails over everything for hours loses nothing', async () => {
    const { relay, append, isStored, stored, seen, clock } = await drainInto(server);
    relay.failsOver = () => true;
    await append(...range(1, 30));
    for (let failures = 2; failures <= 5; failures++) {
      await until('it has tried again', () => seen.failures >= failures, { timeoutMs: 30_000 });
      clock.ms += 30 * MINUTE_MS;
    }
    expect(await stored()).toEqual([]);
    expect(seen.position).toBe(0);
    relay.failsOver = () => false;
    await isStored(range(1, 30));
    expect(seen.setAside).toEqual([]);
  });
});

it('a real InfluxDB whose cache is too small for one message takes the others', { timeout: 60_000 }, async () => {
  const small = await Influxd.start({ cacheBytes: 200_000 });
  onTestFinished(() => small.remove());
  const store = new InfluxDbStore({ version: 1, url: small.url, database: 'small' }, needs);
  await store.check();
  const point = (text: string): Point => ({
    ...{ site: 'school', device: 'room', measurement: 'sensor', tags: {} },
    ...{ fields: { text }, time: Date.now() },
  });
  const batch = (text: string) => ({ points: [point(text)], position: 1 });
  await expect(store.write(batch('x'.repeat(60_000).repeat(4)))).rejects.toMatchObject({
    code: 'store_failed',
    message: expect.stringContaining('500'),
  });
  expect(await store.write(batch('small'))).toEqual({ skipped: 0 });
});
