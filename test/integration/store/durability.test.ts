import { createServer } from 'node:http';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Drain } from '../../../gateway/store/drain.ts';
import { encodePoints } from '../../../gateway/store/point-codec.ts';
import { Server } from '../../../gateway/store/server.ts';
import { Durability, SETTLE_MS } from '../../../gateway/store/victoriametrics/durability.ts';
import { VictoriaMetricsStore } from '../../../gateway/store/victoriametrics/victoriametrics-store.ts';
import { DurableQueue } from '../../../queue/queue.ts';
import { QueueReader } from '../../../queue/queue-reader.ts';
import { listenOnFreePort } from '../../support/listen.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { until } from '../../support/until.ts';
import { VictoriaMetrics } from '../../support/victoria-metrics.ts';

/** The store's clock goes this many times faster than the wall's, so that the test need not wait that long. */
const HASTE = 10;

/** A spool of the gateway that is drained into a real VictoriaMetrics. */
async function drained() {
  const server = await VictoriaMetrics.start();
  const queue = await DurableQueue.open({ path: join(temporaryDirectory(), 'spool.sqlite'), maxBytes: 1e9 });
  const clocks = { now: Date.now, elapsed: () => performance.now() * HASTE };
  const target = { url: server.url, selectUrl: server.url };
  const store = new VictoriaMetricsStore(target, { holdDays: 365, askForLess: String }, clocks);
  const reader = new QueueReader(queue.path);
  const seen = { position: 0, failures: [] as string[] };
  const drain = new Drain({
    store,
    reader,
    position: 0,
    elapsed: () => performance.now(),
    onDrained: ({ position }) => {
      seen.position = position;
    },
    onSetAside: () => {},
    onFailure: (error) => seen.failures.push(error.message),
  });
  onTestFinished(async () => {
    await drain.stop();
    reader.close();
    await queue.close();
    await server.remove();
  });
  const start = Date.now() - 3600_000;
  const append = async (first: number, count: number): Promise<void> => {
    const messages = Array.from({ length: count }, (_, index) => {
      const point = { measurement: 'sensor', tags: {}, fields: { value: first + index }, time: start + first + index };
      return queue.append({ key: 'school/room', body: encodePoints([point]), receivedAt: 1 });
    });
    await Promise.all(messages);
  };
  const count = async (): Promise<number> => {
    await server.settle();
    const query = { measurement: 'sensor', field: 'value', from: start, to: start + 3600_000, groupBy: [], limit: 1e6 };
    const { series } = await store.series({ ...query, step: 7_200_000, aggregate: 'count' });
    return series.flatMap(({ points }) => points).reduce((sum, [, value]) => sum + Number(value), 0);
  };
  return { server, append, count, seen };
}

it('VictoriaMetrics loses what it had in memory when it is killed, and gets it again from the spool, once', async () => {
  const { server, append, count, seen } = await drained();
  await append(0, 200);
  await until('it has taken everything', async () => (await count()) === 200);
  expect(seen.position).toBe(0);
  await server.kill('SIGKILL');
  await server.run();
  // Nothing failed so far: the drain has not even noticed. Only what the server says of itself gives it away.
  expect(await count()).toBe(0);
  await append(200, 50);
  await until('it has everything again', async () => (await count()) === 250, { timeoutMs: 20_000 });
  expect(seen.failures).toEqual([expect.stringContaining('was started anew')]);
  await until('the spool may forget it', () => seen.position === 250, { timeoutMs: 20_000 });
  expect(await count()).toBe(250);
});

it('the spool may forget what has been in VictoriaMetrics for a while, and not before', async () => {
  const { append, seen } = await drained();
  const before = performance.now();
  await append(0, 10);
  await until('the spool may forget it', () => seen.position === 10, { timeoutMs: 20_000 });
  expect(performance.now() - before).toBeGreaterThan(SETTLE_MS / HASTE);
  await append(10, 10);
  await delay(SETTLE_MS / HASTE / 2);
  expect(seen.position).toBe(10);
  await until('the spool may forget the rest', () => seen.position === 20, { timeoutMs: 20_000 });
  expect(seen.failures).toEqual([]);
});

describe('servers that tell of themselves', () => {
  /** A page of metrics that says what it is told to say, and a clock that goes when it is told to. */
  async function durability(page: () => string) {
    const http = createServer((_request, response) => response.end(page()));
    const url = `http://127.0.0.1:${await listenOnFreePort(http)}`;
    onTestFinished(() => void http.close());
    const clock = { ms: 0 };
    const known = new Durability([new Server({ name: 'VictoriaMetrics', url, headers: {} })], () => clock.ms);
    const writeAndSettle = async (position: number): Promise<number> => {
      await known.beforeWrite();
      known.wrote(position, 10);
      clock.ms += SETTLE_MS;
      return known.position();
    };
    return { writeAndSettle };
  }
  const page = (startedAt: number, rows: number): string =>
    `vm_app_start_timestamp ${startedAt}\nvm_rows_inserted_total{type="influx"} ${rows}\nvm_rows{type="storage/small"} 5\n`;

  it('are noticed when they start anew, within one second too', async () => {
    // Each write is of ten rows, and the page is asked for before it and when it has settled.
    const answers = [page(100, 50), page(100, 60), page(100, 60), page(101, 5), page(101, 20), page(101, 10)];
    const { writeAndSettle } = await durability(() => answers.shift() ?? '');
    const died = { code: 'store_unavailable', message: expect.stringContaining('was started anew') };
    expect(await writeAndSettle(1)).toBe(1);
    await expect(writeAndSettle(2)).rejects.toMatchObject(died);
    await expect(writeAndSettle(2)).rejects.toMatchObject(died);
    expect(answers).toEqual([]);
  });

  it('are not taken to die again and again when several answer at one address', async () => {
    let turn = 0;
    const { writeAndSettle } = await durability(() => page(turn++ % 2 === 0 ? 200 : 100, 1e9 + turn * 10));
    expect(await writeAndSettle(1)).toBe(1);
    expect(await writeAndSettle(2)).toBe(2);
  });

  it('may keep it to themselves', async () => {
    const { writeAndSettle } = await durability(() => 'vminsert knows nothing');
    expect(await writeAndSettle(1)).toBe(1);
  });
});
