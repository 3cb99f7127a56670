import { readdirSync, statSync, writeFileSync } from 'node:fs';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { Check } from '#typebox/value';
import { clockUnknown } from '../../../agent/events.ts';
import { DeviceEvent } from '../../../contract/event.ts';
import { Gateway, makeOutbox, onDisk, sample, soon } from './outbox-under-test.ts';

describe('events in the outbox', { timeout: 20_000 }, () => {
  test('are sent at once, dated and numbered on their own', async () => {
    const gateway = new Gateway();
    gateway.state = 'answers';
    const { outbox } = makeOutbox(gateway);
    onTestFinished(() => outbox.close());
    outbox.add([sample(1)]);
    outbox.raise(clockUnknown());
    outbox.raise(clockUnknown());
    await vi.waitFor(() => expect(gateway.events).toHaveLength(2), soon);
    expect(gateway.events.every((event) => Check(DeviceEvent, event))).toBe(true);
    expect(gateway.events.map(({ boot, seq }) => [boot, seq])).toEqual([
      ['boot-one', 1],
      ['boot-one', 2],
    ]);
    expect(Math.abs((gateway.events[0]?.at ?? 0) - Date.now())).toBeLessThan(5000);
    await vi.waitFor(() => expect(outbox.messages).toBe(0), soon);
  });

  test('are on disk at once while the gateway is away, and come with the next run', async () => {
    const gateway = new Gateway();
    const first = makeOutbox(gateway);
    first.outbox.raise(clockUnknown());
    await vi.waitFor(() => expect(onDisk(first.eventsFile)).toBe(1), { timeout: 1500, interval: 10 });
    await first.outbox.close();
    gateway.state = 'answers';
    const second = makeOutbox(gateway, { dir: first.dir, boot: 'boot-two' });
    onTestFinished(() => second.outbox.close());
    second.outbox.resume();
    await vi.waitFor(
      () => expect(gateway.events).toMatchObject([{ type: 'clock-unknown', boot: 'boot-one', seq: 1 }]),
      soon,
    );
    await vi.waitFor(() => expect(second.outbox.messages).toBe(0), soon);
  });

  test('outlive a flood of samples, and tell of those that were dropped', async () => {
    const gateway = new Gateway();
    const { outbox, clock } = makeOutbox(gateway, { maxBytes: 1024 * 1024 });
    onTestFinished(() => outbox.close());
    outbox.raise(clockUnknown());
    for (let value = 1; value <= 100; value++) outbox.add([sample(value, 'x'.repeat(15_000))]);
    await vi.waitFor(() => expect(outbox.dropped).toBeGreaterThan(0), soon);
    // Events wait behind no samples.
    clock.ready = false;
    gateway.state = 'answers';
    outbox.resume();
    await vi.waitFor(() => expect(gateway.eventTypes().toSorted()).toEqual(['clock-unknown', 'outbox-full']), soon);
    expect(gateway.acknowledged).toEqual([]);
    expect(gateway.events.find(({ type }) => type === 'outbox-full')?.facts).toEqual({ dropped: expect.any(Number) });
    clock.ready = true;
    outbox.resume();
    await vi.waitFor(() => expect(outbox.messages).toBe(0), { ...soon, timeout: 15_000 });
    outbox.add([sample(101)]);
    await vi.waitFor(() => expect(gateway.eventTypes().at(-1)).toBe('outbox-has-room'), soon);
    expect(gateway.events.at(-1)?.facts).toEqual({ dropped: outbox.dropped });
    expect(gateway.values('boot-one').length + outbox.dropped).toBe(101);
  });

  test('go out while the time is not known', async () => {
    const gateway = new Gateway();
    gateway.state = 'answers';
    const { outbox, clock } = makeOutbox(gateway);
    onTestFinished(() => outbox.close());
    clock.offsets.clear();
    clock.ready = false;
    outbox.add([sample(1)]);
    outbox.raise(clockUnknown());
    await vi.waitFor(() => expect(gateway.events).toMatchObject([{ facts: { clock: 'unsynced' } }]), soon);
    expect(gateway.acknowledged).toEqual([]);
  });

  test('tell of a file that was damaged: it is set aside and the outbox goes on', async () => {
    const gateway = new Gateway();
    const first = makeOutbox(gateway);
    first.outbox.add([sample(1)]);
    await first.outbox.close();
    writeFileSync(first.file, 'x'.repeat(8192));
    gateway.state = 'answers';
    const second = makeOutbox(gateway, { dir: first.dir, boot: 'boot-two' });
    onTestFinished(() => second.outbox.close());
    second.outbox.resume();
    await vi.waitFor(() => expect(gateway.eventTypes()).toEqual(['outbox-damaged']), soon);
    const aside = readdirSync(first.dir).find((name) => name.includes('damaged'));
    expect(gateway.events[0]?.facts).toEqual({ file: aside, saved: 0, lost: expect.any(Number) });
    second.outbox.add([sample(2)]);
    await vi.waitFor(() => expect(gateway.values('boot-two')).toEqual([2]), soon);
  });

  test('tell of a file that was damaged while it was in use, too', async () => {
    const gateway = new Gateway();
    const { outbox, file, lines } = makeOutbox(gateway, { durability: 'always' });
    onTestFinished(() => outbox.close());
    for (let value = 1; value <= 50; value++) outbox.add([sample(value, 'x'.repeat(4000))]);
    const inMemory = outbox.bytes;
    await vi.waitFor(() => expect(onDisk(file)).toBe(50), soon);
    await vi.waitFor(() => expect(outbox.bytes).toBeGreaterThan(inMemory), soon);
    for (const path of [file, `${file}-wal`])
      writeFileSync(path, Buffer.alloc(statSync(path).size, 0x5a), { flag: 'r+' });
    gateway.state = 'answers';
    outbox.resume();
    await vi.waitFor(() => expect(lines.some(({ msg }) => msg.includes('cannot be read'))).toBe(true), soon);
    outbox.add([sample(51)]);
    await vi.waitFor(() => expect(gateway.eventTypes()).toEqual(['outbox-damaged']), soon);
    await vi.waitFor(() => expect(gateway.values('boot-one')).toContain(51), soon);
    expect(outbox.dropped).toBe(50);
  });
});
