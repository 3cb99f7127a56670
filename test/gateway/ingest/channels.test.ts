import { expect, test } from 'vitest';
import type { DeviceEvent } from '../../../contract/event.ts';
import { limits } from '../../../contract/limits.ts';
import { Channels } from '../../../gateway/ingest/channels.ts';
import { Ingest } from '../../../gateway/ingest/ingest.ts';
import { SampleTimes } from '../../../gateway/ingest/sample-times.ts';
import { SeriesIndex } from '../../../gateway/ingest/series-index.ts';
import { PersonalGuard } from '../../../gateway/privacy/personal-guard.ts';
import { DurableQueue } from '../../../queue/queue.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { temporaryRegistry } from '../registry/temporary-registry.ts';

const now = Date.UTC(2026, 10, 24);
const topic = (channel: string) => `campus/v1/school/room-1/${channel}`;
const bytes = (value: unknown) => Buffer.from(JSON.stringify(value));

/** These messages hold no addresses. */
const noClients = new PersonalGuard({ pseudonym: () => 'none', ownMacs: () => new Set() });

async function makeChannels() {
  const { registry } = temporaryRegistry();
  const queue = await DurableQueue.open({ path: `${temporaryDirectory()}/spool.sqlite`, maxBytes: 1e6 });
  const forwarded: string[] = [];
  const rejected: string[] = [];
  const reject = (_source: unknown, { code }: { code: string }) => void rejected.push(code);
  const events = {
    rejected: reject,
    accepted: () => undefined,
    stored: () => undefined,
    duplicate: () => undefined,
    replaced: () => undefined,
  };
  const clocks = { now: () => now, monotonicMs: () => 0 };
  const times = new SampleTimes({ ...clocks, furthest: 0 });
  const ingest = new Ingest({ queue, index: new SeriesIndex(() => now), events, guard: noClients, ...clocks, times });
  const channels = new Channels(ingest, {
    state: () => undefined,
    inventory: () => undefined,
    event: ({ site, device }, event) => registry.events.add(site, device, event, now) === 'kept',
    refuseEvent: () => undefined,
    reply: (_source, { id }) => id === 'asked-for',
    alertRequest: () => undefined,
    forward: (to) => void forwarded.push(to),
    rejected: reject,
  });
  return { channels, registry, queue, forwarded, rejected };
}

test('an event that comes twice is kept once and told once', async () => {
  const { channels, registry, queue, forwarded, rejected } = await makeChannels();
  const event: DeviceEvent = {
    type: 'outbox-full',
    class: 'facility-fault',
    level: 4,
    summary: { 'zh-CN': '发件箱已满', en: 'The outbox is full' },
    at: now,
    boot: 'boot-one',
    seq: 1,
  };
  for (const seq of [1, 1, 2, 1]) await channels.receive(topic('event'), bytes({ ...event, seq }));
  expect(registry.events.list({ limit: 10 }).rows.map((stored) => stored.event.seq)).toEqual([2, 1]);
  expect(forwarded).toEqual([topic('event'), topic('event')]);
  expect(rejected).toEqual([]);
  await queue.close();
});

test('samples out of the bounds of time are refused: for good, or until their sender has mended its clock', async () => {
  const { channels, queue, rejected } = await makeChannels();
  const telemetry = (at: number) => ({
    metrics: [{ name: 'm', tags: {}, fields: { a: 1 }, timestamp: at }],
    boot: 'boot-one',
    seq: 1,
  });
  const [future, past] = [now + 86_400_000, now - 100 * 86_400_000];
  await channels.receive(topic('telemetry'), bytes(telemetry(future)));
  expect(rejected).toEqual(['timestamp_in_future']);
  // Who says that it follows the gateway's time gets no acknowledgement, and so keeps the message.
  const following = { clock: 'synced' };
  await expect(
    channels.receive(topic('telemetry'), bytes({ ...telemetry(future), ...following })),
  ).rejects.toMatchObject({
    code: 'timestamp_in_future',
  });
  await expect(channels.receive(topic('telemetry'), bytes({ ...telemetry(past), ...following }))).rejects.toMatchObject(
    {
      code: 'timestamp_too_old',
    },
  );
  expect((await queue.stats()).messages).toBe(0);
  await channels.receive(topic('telemetry'), bytes({ ...telemetry(now), ...following }));
  expect((await queue.stats()).messages).toBe(1);
  await queue.close();
});

test('a reply that nobody asked for is a reject, and no reply reaches a subscriber', async () => {
  const { channels, queue, forwarded, rejected } = await makeChannels();
  await channels.receive(topic('reply'), bytes({ id: 'asked-for', state: 'running', progress: 0.5 }));
  expect(rejected).toEqual([]);
  await channels.receive(topic('reply'), bytes({ id: 'made-up-id', state: 'done' }));
  await channels.receive(topic('reply'), bytes({ id: 'asked-for', state: 'finished' }));
  await channels.receive(
    topic('reply'),
    bytes({ id: 'asked-for', state: 'failed', detail: 'x'.repeat(limits.replyBytes) }),
  );
  expect(rejected).toEqual(['not_found', 'wrong_shape', 'payload_too_large']);
  expect(forwarded).toEqual([]);
  await queue.close();
});
