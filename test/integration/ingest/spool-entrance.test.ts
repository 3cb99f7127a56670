import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { SpoolEntrance } from '../../../gateway/ingest/spool-entrance.ts';
import { DurableQueue } from '../../../queue/queue.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { until } from '../../support/until.ts';

const BOUND = 20_000;
const everything = { messages: 1e6, bytes: 1e9 };

/** A spool that is full, and the way into it; the clock goes on when it is told to. */
async function fullSpool() {
  const queue = await DurableQueue.open({ path: join(temporaryDirectory(), 'spool.sqlite'), maxBytes: BOUND });
  onTestFinished(() => queue.close());
  await queue.append(message(0, BOUND - 1000));
  const clock = { ms: 0 };
  return { queue, entrance: new SpoolEntrance(queue, () => clock.ms), clock };
}

function message(number: number, bytes: number) {
  const body = Buffer.alloc(bytes);
  body.writeUInt32BE(number);
  return { key: 'school/room', body, receivedAt: number };
}

describe('a full spool', () => {
  it('lets messages in as they came once there is room, the small behind the large', async () => {
    const { queue, entrance } = await fullSpool();
    const sizes = Array.from({ length: 60 }, (_, index) => (index % 7 === 0 ? 3000 : 100));
    const waiting = sizes.map((bytes, index) => entrance.append(message(index + 1, bytes)));
    const stored: number[] = [];
    for (let read = 0; stored.length <= sizes.length; ) {
      const messages = await until('messages in the spool', async () => {
        const next = await queue.read(read, everything);
        return next.length > 0 && next;
      });
      stored.push(...messages.map(({ receivedAt }) => receivedAt));
      read = messages.at(-1)?.position ?? read;
      await queue.acknowledge(read);
    }
    expect(await Promise.all(waiting)).toEqual(sizes.map(() => 'stored'));
    expect(stored).toEqual(Array.from({ length: 61 }, (_, index) => index));
  });

  it('sends back all of a sender whose first message has waited for too long, and lets others in', async () => {
    const { queue, entrance, clock } = await fullSpool();
    const early = entrance.append(message(1, 2000));
    clock.ms = 9000;
    const following = entrance.append(message(2, 2000));
    const other = entrance.append({ ...message(3, 2000), key: 'school/hall' });
    const sentBack = Promise.allSettled([early, following]);
    clock.ms = 11_000;
    for (const { status } of await sentBack) expect(status).toBe('rejected');
    await queue.acknowledge(1);
    expect(await other).toBe('stored');
    expect((await queue.read(1, everything)).map(({ receivedAt }) => receivedAt)).toEqual([3]);
  });
});
