import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { Outbox, type OutboxOptions } from '../../../agent/outbox/outbox.ts';
import type { Metric, Telemetry } from '../../../contract/telemetry.ts';
import { QueueReader } from '../../../queue/queue-reader.ts';
import { recordingLog } from '../recording-log.ts';
import { makeTree } from '../tree.ts';

const metric = (value: number, text = ''): Metric => ({
  name: 'm',
  tags: {},
  fields: { value, text },
  timestamp: value,
});

/** A gateway that can be away, be slow or answer; it remembers what it has acknowledged. */
class Gateway {
  readonly acknowledged: Telemetry[] = [];
  readonly #waiting: ((answer: boolean) => void)[] = [];
  sent = 0;
  state: 'away' | 'silent' | 'answers' = 'away';

  readonly isConnected = () => this.state !== 'away';

  readonly publish = async (payload: string): Promise<boolean> => {
    if (this.state === 'away') return false;
    this.sent += 1;
    const answer = this.state === 'answers' || (await new Promise<boolean>((resolve) => this.#waiting.push(resolve)));
    if (answer) this.acknowledged.push(JSON.parse(payload));
    return answer;
  };

  /** Answers, or loses, everything that waits. */
  settle(answer: boolean): void {
    for (const resolve of this.#waiting.splice(0)) resolve(answer);
  }

  /** The values received, by boot and in order of receipt. */
  values(boot: string): unknown[] {
    return this.acknowledged
      .filter((t) => t.boot === boot)
      .flatMap((t) => t.metrics.map(({ fields }) => fields['value']));
  }
}

function makeOutbox(gateway: Gateway, options: Partial<OutboxOptions> = {}) {
  const path = options.path ?? join(makeTree({}), 'outbox.sqlite');
  const { log, lines } = recordingLog();
  const outbox = new Outbox({
    path,
    maxBytes: 64 * 1024 * 1024,
    durability: 'auto',
    boot: 'boot-one',
    monotonicMs: () => performance.now(),
    now: Date.now,
    log,
    isConnected: gateway.isConnected,
    publish: gateway.publish,
    ...options,
  });
  return { outbox, path, lines };
}

/** Messages in the file of an outbox. */
function onDisk(path: string): number {
  if (!existsSync(path)) return 0;
  const reader = new QueueReader(path);
  try {
    return reader.read(0, { messages: 1000, bytes: 1e9 }).length;
  } finally {
    reader.close();
  }
}

const soon = { timeout: 8000, interval: 20 };

describe('the outbox', { timeout: 20_000 }, () => {
  test('sends at once what the gateway takes, numbered, and touches no disk', async () => {
    const gateway = new Gateway();
    gateway.state = 'answers';
    const { outbox, path } = makeOutbox(gateway);
    outbox.connected();
    for (const value of [1, 2, 3]) outbox.add([metric(value)]);
    await vi.waitFor(() => expect(gateway.values('boot-one')).toEqual([1, 2, 3]), soon);
    expect(gateway.acknowledged.map(({ seq }) => seq)).toEqual([1, 2, 3]);
    expect(gateway.acknowledged[0]).not.toHaveProperty('replayed');
    await vi.waitFor(() => expect([outbox.messages, outbox.bytes, outbox.published]).toEqual([0, 0, 3]), soon);
    await outbox.close();
    expect(existsSync(path)).toBe(false);
  });

  test('keeps what is lost with the connection, and sends it when there is a new one', async () => {
    const gateway = new Gateway();
    gateway.state = 'silent';
    const { outbox } = makeOutbox(gateway);
    onTestFinished(() => outbox.close());
    outbox.connected();
    outbox.add([metric(1)]);
    outbox.add([metric(2)]);
    gateway.state = 'away';
    gateway.settle(false);
    await new Promise((resolve) => setImmediate(resolve));
    expect(outbox.messages).toBe(2);
    gateway.state = 'answers';
    outbox.connected();
    await vi.waitFor(() => expect(gateway.values('boot-one')).toEqual([1, 2]), soon);
    await vi.waitFor(() => expect(outbox.messages).toBe(0), soon);
  });

  test('has sixteen messages on their way at most', async () => {
    const gateway = new Gateway();
    gateway.state = 'silent';
    const { outbox } = makeOutbox(gateway);
    outbox.connected();
    for (let value = 0; value < 50; value++) outbox.add([metric(value)]);
    expect(gateway.sent).toBeLessThanOrEqual(16);
    gateway.state = 'answers';
    gateway.settle(true);
    await vi.waitFor(() => expect(gateway.values('boot-one')).toHaveLength(50), soon);
    await outbox.close();
  });

  test('writes to disk what the gateway has not taken within 2 s, and sends it marked as replayed, after fresh samples', async () => {
    const gateway = new Gateway();
    const { outbox, path } = makeOutbox(gateway);
    onTestFinished(() => outbox.close());
    outbox.add([metric(1)]);
    outbox.add([metric(2)]);
    expect(existsSync(path)).toBe(false);
    await vi.waitFor(() => expect(onDisk(path)).toBe(2), soon);
    await vi.waitFor(() => expect(outbox.messages).toBe(2), soon);
    outbox.add([metric(3)]);
    gateway.state = 'answers';
    outbox.connected();
    await vi.waitFor(() => expect(gateway.values('boot-one')).toEqual([3, 1, 2]), soon);
    expect(gateway.acknowledged.map(({ seq, replayed }) => [seq, replayed])).toEqual([
      [3, undefined],
      [1, true],
      [2, true],
    ]);
    await vi.waitFor(() => expect(outbox.messages).toBe(0), soon);
  });

  test('a message acknowledged after it went to disk is deleted there and not sent again', async () => {
    const gateway = new Gateway();
    gateway.state = 'silent';
    const { outbox, path } = makeOutbox(gateway);
    onTestFinished(() => outbox.close());
    outbox.connected();
    outbox.add([metric(1)]);
    await vi.waitFor(() => expect(onDisk(path)).toBe(1), soon);
    gateway.state = 'answers';
    gateway.settle(true);
    await vi.waitFor(() => expect(onDisk(path)).toBe(0), soon);
    expect(gateway.values('boot-one')).toEqual([1]);
    expect(gateway.sent).toBe(1);
  });

  test('keeps what is unsent for the next run, which sends it under its first name and number', async () => {
    const gateway = new Gateway();
    const first = makeOutbox(gateway);
    for (const value of [1, 2, 3]) first.outbox.add([metric(value)]);
    await first.outbox.close();
    const second = makeOutbox(gateway, { path: first.path, boot: 'boot-two' });
    onTestFinished(() => second.outbox.close());
    gateway.state = 'answers';
    second.outbox.add([metric(4)]);
    second.outbox.connected();
    await vi.waitFor(() => expect(gateway.values('boot-one')).toEqual([1, 2, 3]), soon);
    expect(gateway.values('boot-two')).toEqual([4]);
    const replayed = gateway.acknowledged.filter(({ boot }) => boot === 'boot-one');
    expect(replayed.map(({ seq, replayed: mark }) => [seq, mark])).toEqual([
      [1, true],
      [2, true],
      [3, true],
    ]);
    await vi.waitFor(() => expect(second.outbox.messages).toBe(0), soon);
  });

  test('a connection lost amid the backlog leaves the rest on disk', async () => {
    const gateway = new Gateway();
    const first = makeOutbox(gateway);
    for (let value = 1; value <= 30; value++) first.outbox.add([metric(value)]);
    await first.outbox.close();
    const second = makeOutbox(gateway, { path: first.path, boot: 'boot-two' });
    onTestFinished(() => second.outbox.close());
    gateway.state = 'silent';
    second.outbox.connected();
    await vi.waitFor(() => expect(gateway.sent).toBe(8), soon);
    gateway.settle(true);
    await vi.waitFor(() => expect(gateway.sent).toBe(16), soon);
    gateway.state = 'away';
    gateway.settle(false);
    await vi.waitFor(() => expect(second.outbox.messages).toBe(22), soon);
    gateway.state = 'answers';
    second.outbox.connected();
    const all = Array.from({ length: 30 }, (_, index) => index + 1);
    await vi.waitFor(() => expect(gateway.values('boot-one')).toEqual(all), soon);
  });

  test('drops the oldest when the disk is full, counts them and says so once', async () => {
    const gateway = new Gateway();
    const { outbox, lines } = makeOutbox(gateway, { maxBytes: 1024 * 1024 });
    for (let value = 1; value <= 100; value++) outbox.add([metric(value, 'x'.repeat(15_000))]);
    await vi.waitFor(() => expect(outbox.dropped).toBeGreaterThan(0), soon);
    for (let value = 101; value <= 120; value++) outbox.add([metric(value, 'x'.repeat(15_000))]);
    await vi.waitFor(() => expect(outbox.bytes).toBeLessThanOrEqual(1024 * 1024), soon);
    expect(lines.filter(({ msg }) => msg.includes('the oldest samples are dropped'))).toHaveLength(1);
    gateway.state = 'answers';
    outbox.connected();
    await vi.waitFor(() => expect(outbox.messages).toBe(0), soon);
    const values = gateway.values('boot-one');
    expect(values).toContain(120);
    expect(values).not.toContain(1);
    expect(values.length + outbox.dropped).toBe(120);
    outbox.add([metric(121)]);
    expect(lines.at(-1)?.msg).toContain('has room again');
    await outbox.close();
  });

  test('holds on in memory while the disk fails, within its bound, and drops the oldest', async () => {
    const gateway = new Gateway();
    const { outbox, lines } = makeOutbox(gateway, { path: join(makeTree({}), 'missing', 'outbox.sqlite') });
    outbox.add([metric(1)]);
    await vi.waitFor(() => expect(lines.some(({ msg }) => msg.includes('cannot write to its disk'))).toBe(true), soon);
    for (let value = 2; value <= 400; value++) outbox.add([metric(value, 'x'.repeat(15_000))]);
    expect(outbox.bytes).toBeLessThanOrEqual(4 * 1024 * 1024);
    expect(outbox.dropped).toBeGreaterThan(0);
    gateway.state = 'answers';
    outbox.connected();
    await vi.waitFor(() => expect(outbox.messages).toBe(0), soon);
    expect(gateway.values('boot-one')).toHaveLength(400 - outbox.dropped);
    await outbox.close();
  });

  test('with durability always, each message is on disk at once and leaves it when acknowledged', async () => {
    const gateway = new Gateway();
    const { outbox, path } = makeOutbox(gateway, { durability: 'always' });
    onTestFinished(() => outbox.close());
    outbox.add([metric(1)]);
    await vi.waitFor(() => expect(onDisk(path)).toBe(1), { timeout: 1500, interval: 10 });
    gateway.state = 'answers';
    outbox.connected();
    await vi.waitFor(() => expect(onDisk(path)).toBe(0), soon);
    expect(gateway.values('boot-one')).toEqual([1]);
    expect(gateway.acknowledged[0]).not.toHaveProperty('replayed');
  });
});
