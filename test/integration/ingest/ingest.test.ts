import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { Ingest } from '../../../gateway/ingest/ingest.ts';
import { SeriesIndex } from '../../../gateway/ingest/series-index.ts';
import { PersonalGuard } from '../../../gateway/privacy/personal-guard.ts';
import { DurableQueue } from '../../../queue/queue.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const NOW = 1_790_000_000_000;
const source = { site: 'school', device: 'room-101', topic: 'campus/v1/school/room-101/telemetry' };

async function startIngest(path = join(temporaryDirectory(), 'spool.sqlite'), maxBytes = 1e9) {
  const queue = await DurableQueue.open({ path, maxBytes });
  onTestFinished(() => queue.close());
  const forwarded: string[] = [];
  const ingest = new Ingest({
    queue,
    index: new SeriesIndex(() => NOW),
    now: () => NOW,
    guard: new PersonalGuard({ pseudonym: () => 'none', ownMacs: () => new Set() }),
    monotonicMs: () => performance.now(),
    times: { bounds: () => ({ earliest: 0, latest: NOW + 60_000 }) },
    events: {
      rejected: () => {},
      accepted: (_source, payload) => forwarded.push(Buffer.from(payload).toString()),
      stored: () => {},
      duplicate: () => {},
      replaced: () => {},
    },
  });
  return { ingest, queue, forwarded };
}

const telemetry = (value: number, more: object = {}): Buffer =>
  Buffer.from(
    JSON.stringify({
      metrics: [{ name: 'sensor', tags: { t: 'a', b: 'c' }, fields: { value }, timestamp: NOW }],
      ...more,
    }),
  );

it('stores a message without a number once when it is sent again, also by way of a restart', async () => {
  const path = join(temporaryDirectory(), 'spool.sqlite');
  const first = await startIngest(path);
  expect(await first.ingest.submit(source, telemetry(1))).toBe('stored');
  // The second time all of it is known, which takes another way.
  expect(await first.ingest.submit(source, telemetry(1))).toBe('duplicate');
  expect(await first.ingest.submit(source, telemetry(2))).toBe('stored');
  expect(await first.ingest.submit({ ...source, device: 'room-102' }, telemetry(1))).toBe('stored');
  await first.queue.close();
  const second = await startIngest(path);
  expect(await second.ingest.submit(source, telemetry(1))).toBe('duplicate');
  expect(await second.ingest.submit(source, telemetry(3))).toBe('stored');
});

it('hands a numbered message to the flows once, however often it comes and in whatever order', async () => {
  const { ingest, forwarded } = await startIngest();
  const order = [1, 2, 2, 5, 5, 4, 1, 3, 4];
  for (const seq of order) await ingest.submit(source, telemetry(seq, { boot: 'boot-one', seq }));
  expect(forwarded).toEqual([1, 2, 5, 4, 3].map((seq) => telemetry(seq, { boot: 'boot-one', seq }).toString()));
});

it('hands a message to the flows once that a full spool sends back again and again', async () => {
  const { ingest, forwarded } = await startIngest(undefined, 10);
  const message = telemetry(1, { boot: 'boot-one', seq: 1 });
  for (const _attempt of [1, 2])
    await expect(ingest.submit(source, message)).rejects.toMatchObject({ code: 'queue_full' });
  expect(forwarded).toHaveLength(1);
});
