import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { makeTree } from '../tree.ts';
import { Gateway, makeOutbox, onDisk, sample, soon } from './outbox-under-test.ts';

describe('the outbox', { timeout: 20_000 }, () => {
  test('sends at once what the gateway takes, numbered, and touches no disk', async () => {
    const gateway = new Gateway();
    gateway.state = 'answers';
    const { outbox, file } = makeOutbox(gateway);
    outbox.resume();
    for (const value of [1, 2, 3]) outbox.add([sample(value)]);
    await vi.waitFor(() => expect(gateway.values('boot-one')).toEqual([1, 2, 3]), soon);
    expect(gateway.acknowledged.map(({ seq }) => seq)).toEqual([1, 2, 3]);
    expect(gateway.acknowledged[0]).not.toHaveProperty('replayed');
    await vi.waitFor(() => expect([outbox.messages, outbox.bytes, outbox.published]).toEqual([0, 0, 3]), soon);
    await outbox.close();
    expect(existsSync(file)).toBe(false);
  });

  test('keeps what is lost with the connection, and sends it when there is a new one', async () => {
    const gateway = new Gateway();
    gateway.state = 'silent';
    const { outbox } = makeOutbox(gateway);
    onTestFinished(() => outbox.close());
    outbox.resume();
    outbox.add([sample(1)]);
    outbox.add([sample(2)]);
    gateway.state = 'away';
    gateway.settle(false);
    await new Promise((resolve) => setImmediate(resolve));
    expect(outbox.messages).toBe(2);
    gateway.state = 'answers';
    outbox.resume();
    await vi.waitFor(() => expect(gateway.values('boot-one')).toEqual([1, 2]), soon);
    await vi.waitFor(() => expect(outbox.messages).toBe(0), soon);
  });

  test('has sixteen messages on their way at most', async () => {
    const gateway = new Gateway();
    gateway.state = 'silent';
    const { outbox } = makeOutbox(gateway);
    outbox.resume();
    for (let value = 0; value < 50; value++) outbox.add([sample(value)]);
    expect(gateway.sent).toBeLessThanOrEqual(16);
    gateway.state = 'answers';
    gateway.settle(true);
    await vi.waitFor(() => expect(gateway.values('boot-one')).toHaveLength(50), soon);
    await outbox.close();
  });

  test('writes to disk what the gateway has not taken within 2 s, and sends it marked as replayed, after fresh samples', async () => {
    const gateway = new Gateway();
    const { outbox, file } = makeOutbox(gateway);
    onTestFinished(() => outbox.close());
    outbox.add([sample(1)]);
    outbox.add([sample(2)]);
    expect(existsSync(file)).toBe(false);
    const inMemory = outbox.bytes;
    await vi.waitFor(() => expect(onDisk(file)).toBe(2), soon);
    // A message takes more on disk than in memory, so this tells that it has left the latter.
    await vi.waitFor(() => expect(outbox.bytes).toBeGreaterThan(inMemory), soon);
    outbox.add([sample(3)]);
    gateway.state = 'answers';
    outbox.resume();
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
    const { outbox, file } = makeOutbox(gateway);
    onTestFinished(() => outbox.close());
    outbox.resume();
    outbox.add([sample(1)]);
    await vi.waitFor(() => expect(onDisk(file)).toBe(1), soon);
    gateway.state = 'answers';
    gateway.settle(true);
    await vi.waitFor(() => expect(onDisk(file)).toBe(0), soon);
    expect(gateway.values('boot-one')).toEqual([1]);
    expect(gateway.sent).toBe(1);
  });

  test('keeps what is unsent for the next run, which sends it under its first name and number', async () => {
    const gateway = new Gateway();
    const first = makeOutbox(gateway);
    for (const value of [1, 2, 3]) first.outbox.add([sample(value)]);
    await first.outbox.close();
    const second = makeOutbox(gateway, { dir: first.dir, boot: 'boot-two' });
    onTestFinished(() => second.outbox.close());
    gateway.state = 'answers';
    second.outbox.add([sample(4)]);
    second.outbox.resume();
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
    for (let value = 1; value <= 30; value++) first.outbox.add([sample(value)]);
    await first.outbox.close();
    const second = makeOutbox(gateway, { dir: first.dir, boot: 'boot-two' });
    onTestFinished(() => second.outbox.close());
    gateway.state = 'silent';
    second.outbox.resume();
    await vi.waitFor(() => expect(gateway.sent).toBe(8), soon);
    gateway.settle(true);
    await vi.waitFor(() => expect(gateway.sent).toBe(16), soon);
    gateway.state = 'away';
    gateway.settle(false);
    await vi.waitFor(() => expect(second.outbox.messages).toBe(22), soon);
    gateway.state = 'answers';
    second.outbox.resume();
    const all = Array.from({ length: 30 }, (_, index) => index + 1);
    await vi.waitFor(() => expect(gateway.values('boot-one')).toEqual(all), soon);
  });

  test('drops the oldest when the disk is full, counts them and says so once', async () => {
    const gateway = new Gateway();
    const { outbox, lines } = makeOutbox(gateway, { maxBytes: 1024 * 1024 });
    for (let value = 1; value <= 100; value++) outbox.add([sample(value, 'x'.repeat(15_000))]);
    await vi.waitFor(() => expect(outbox.dropped).toBeGreaterThan(0), soon);
    for (let value = 101; value <= 120; value++) outbox.add([sample(value, 'x'.repeat(15_000))]);
    await vi.waitFor(() => expect(outbox.bytes).toBeLessThanOrEqual(1024 * 1024), soon);
    expect(lines.filter(({ msg }) => msg.includes('the oldest samples are dropped'))).toHaveLength(1);
    gateway.state = 'answers';
    outbox.resume();
    await vi.waitFor(() => expect(outbox.messages).toBe(0), soon);
    const values = gateway.values('boot-one');
    expect(values).toContain(120);
    expect(values).not.toContain(1);
    expect(values.length + outbox.dropped).toBe(120);
    outbox.add([sample(121)]);
    expect(lines.at(-1)?.msg).toContain('has room again');
    await outbox.close();
  });

  test.each([true, false])(
    'counts what went from a full disk while it was on its way by what becomes of it: acknowledged %s',
    async (acknowledged) => {
      const gateway = new Gateway();
      gateway.state = 'silent';
      const { outbox } = makeOutbox(gateway, { maxBytes: 1024 * 1024, durability: 'always' });
      onTestFinished(() => outbox.close());
      for (let value = 1; value <= 120; value++) outbox.add([sample(value, 'x'.repeat(15_000))]);
      expect(gateway.sent).toBe(8);
      await vi.waitFor(() => expect(outbox.dropped).toBeGreaterThan(40), soon);
      const before = outbox.dropped;
      if (!acknowledged) gateway.state = 'away';
      gateway.settle(acknowledged);
      await vi.waitFor(() => expect(gateway.values('boot-one')).toHaveLength(acknowledged ? 8 : 0), soon);
      await vi.waitFor(() => expect(outbox.dropped).toBe(acknowledged ? before : before + 8), soon);
      gateway.state = 'answers';
      gateway.settle(true);
      outbox.resume();
      await vi.waitFor(() => expect(outbox.messages).toBe(0), { ...soon, timeout: 15_000 });
      expect(new Set(gateway.values('boot-one')).size + outbox.dropped).toBe(120);
    },
  );

  test('drops nothing that comes while much is being written to disk', async () => {
    const gateway = new Gateway();
    const { outbox, file } = makeOutbox(gateway);
    onTestFinished(() => outbox.close());
    for (let value = 1; value <= 300; value++) outbox.add([sample(value, 'x'.repeat(15_000))]);
    await new Promise((resolve) => setImmediate(resolve));
    for (let value = 301; value <= 400; value++) outbox.add([sample(value, 'x'.repeat(15_000))]);
    await vi.waitFor(() => expect(onDisk(file)).toBe(400), soon);
    expect(outbox.dropped).toBe(0);
  });

  test('holds on in memory while the disk fails, within its bound, and drops the oldest', async () => {
    const gateway = new Gateway();
    const { outbox, lines } = makeOutbox(gateway, { dir: join(makeTree({}), 'missing') });
    outbox.add([sample(1)]);
    await vi.waitFor(() => expect(lines.some(({ msg }) => msg.includes('cannot write to its disk'))).toBe(true), soon);
    for (let value = 2; value <= 400; value++) outbox.add([sample(value, 'x'.repeat(15_000))]);
    expect(outbox.bytes).toBeLessThanOrEqual(4 * 1024 * 1024);
    expect(outbox.dropped).toBeGreaterThan(0);
    gateway.state = 'answers';
    outbox.resume();
    await vi.waitFor(() => expect(outbox.messages).toBe(0), soon);
    expect(gateway.values('boot-one')).toHaveLength(400 - outbox.dropped);
    await outbox.close();
  });

  test('with durability always, each message is on disk at once and leaves it when acknowledged', async () => {
    const gateway = new Gateway();
    const { outbox, file } = makeOutbox(gateway, { durability: 'always' });
    onTestFinished(() => outbox.close());
    outbox.add([sample(1)]);
    await vi.waitFor(() => expect(onDisk(file)).toBe(1), { timeout: 1500, interval: 10 });
    gateway.state = 'answers';
    outbox.resume();
    await vi.waitFor(() => expect(onDisk(file)).toBe(0), soon);
    expect(gateway.values('boot-one')).toEqual([1]);
    expect(gateway.acknowledged[0]).not.toHaveProperty('replayed');
  });

  test('holds samples until the time is known, on disk and over a restart, and dates them then', async () => {
    const gateway = new Gateway();
    gateway.state = 'answers';
    const first = makeOutbox(gateway);
    first.clock.ready = false;
    const held = sample(1);
    const dated = Math.round(held.at + (first.clock.offsetOf('start-one') ?? 0));
    first.outbox.add([held]);
    await vi.waitFor(() => expect(onDisk(first.file)).toBe(1), soon);
    await first.outbox.close();
    expect(gateway.sent).toBe(0);
    // The agent starts anew, and the machine does not: it is the same monotonic clock.
    const second = makeOutbox(gateway, { dir: first.dir, boot: 'boot-two' });
    onTestFinished(() => second.outbox.close());
    second.outbox.resume();
    await vi.waitFor(() => expect(gateway.values('boot-one')).toEqual([1]), soon);
    expect(Math.abs((gateway.acknowledged[0]?.metrics[0]?.timestamp ?? 0) - dated)).toBeLessThan(100);
    expect(gateway.acknowledged[0]).toMatchObject({ replayed: true, clock: 'synced' });
  });

  test('gives up what no one can date, counts it and says so', async () => {
    const gateway = new Gateway();
    const first = makeOutbox(gateway, { machineBoot: 'start-zero' });
    for (const value of [1, 2, 3]) first.outbox.add([sample(value)]);
    await first.outbox.close();
    gateway.state = 'answers';
    const second = makeOutbox(gateway, { dir: first.dir, boot: 'boot-two' });
    onTestFinished(() => second.outbox.close());
    second.outbox.resume();
    await vi.waitFor(() => expect(second.outbox.undated).toBe(3), soon);
    await vi.waitFor(
      () => expect(gateway.events).toMatchObject([{ type: 'samples-undated', facts: { dropped: 3 } }]),
      soon,
    );
    expect([gateway.acknowledged, second.outbox.dropped, second.outbox.messages]).toEqual([[], 0, 0]);
  });

  test('keeps what the gateway would refuse because of its own clock, until that is right', async () => {
    const gateway = new Gateway();
    gateway.state = 'answers';
    const { outbox, clock, file } = makeOutbox(gateway);
    onTestFinished(() => outbox.close());
    clock.gatewayAhead = -24 * 3600_000;
    outbox.add([sample(1)]);
    outbox.add([sample(2)]);
    await vi.waitFor(() => expect(onDisk(file)).toBe(2), soon);
    expect(gateway.acknowledged).toEqual([]);
    clock.gatewayAhead = 0;
    outbox.resume();
    await vi.waitFor(() => expect(gateway.values('boot-one')).toEqual([1, 2]), soon);
  });

  test('sends the backlog in order at its rate, and what is fresh at once', async () => {
    const gateway = new Gateway();
    const first = makeOutbox(gateway);
    for (let value = 1; value <= 60; value++) first.outbox.add([sample(value)]);
    await first.outbox.close();
    gateway.state = 'answers';
    const second = makeOutbox(gateway, { dir: first.dir, boot: 'boot-two', replayMessagesPerSecond: 20 });
    onTestFinished(() => second.outbox.close());
    const startedAt = performance.now();
    second.outbox.resume();
    for (let fresh = 1; fresh <= 5; fresh++) {
      await vi.waitFor(() => expect(gateway.values('boot-one').length).toBeGreaterThanOrEqual(fresh * 8), soon);
      second.outbox.add([sample(fresh)]);
      expect(gateway.values('boot-two')).toHaveLength(fresh);
    }
    await vi.waitFor(() => expect(gateway.values('boot-one')).toHaveLength(60), soon);
    // The last window is sent before its own time is over.
    expect(performance.now() - startedAt).toBeGreaterThan((1000 * (60 - 8)) / 20 - 50);
    expect(gateway.values('boot-one')).toEqual(Array.from({ length: 60 }, (_, index) => index + 1));
  });

  test('counts each message once, be it in memory or on disk', async () => {
    const gateway = new Gateway();
    const { outbox } = makeOutbox(gateway, { durability: 'always' });
    onTestFinished(() => outbox.close());
    for (let value = 1; value <= 20; value++) outbox.add([sample(value)]);
    await vi.waitFor(() => expect(outbox.messages).toBe(20), soon);
    gateway.state = 'answers';
    outbox.resume();
    await vi.waitFor(() => expect(outbox.messages).toBe(0), soon);
    expect(outbox.published).toBe(20);
  });

  test('stops within a moment though a long backlog is being sent', async () => {
    const gateway = new Gateway();
    const first = makeOutbox(gateway);
    for (let value = 1; value <= 60; value++) first.outbox.add([sample(value)]);
    await first.outbox.close();
    gateway.state = 'answers';
    const second = makeOutbox(gateway, { dir: first.dir, boot: 'boot-two', replayMessagesPerSecond: 1 });
    second.outbox.resume();
    await vi.waitFor(() => expect(gateway.acknowledged).toHaveLength(8), soon);
    const stopping = performance.now();
    await second.outbox.close();
    expect(performance.now() - stopping).toBeLessThan(2000);
    // What was acknowledged is not kept for the next run.
    expect(onDisk(first.file)).toBe(52);
  });
});
