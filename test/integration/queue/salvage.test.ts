import { existsSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { packBlock } from '../../../queue/append-block.ts';
import { DurableQueue } from '../../../queue/queue.ts';
import { QueueFile } from '../../../queue/queue-file.ts';
import { QueueReader } from '../../../queue/queue-reader.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import {
  cutTo,
  type KilledQueue,
  killedQueue,
  overwrite,
  PAGE,
  type Reopened,
  reopen,
  scribble,
} from './damaged-queue.ts';

const text = (body: Uint8Array): string => new TextDecoder().decode(body);

/** What holds after any damage: what is there is right and in order, the loss is counted, and the queue goes on behind it. */
function expectSound({ confirmed }: KilledQueue, { damage, messages, missing, file }: Reopened): void {
  const positions = messages.map(({ position }) => position);
  expect(positions).toEqual(positions.toSorted((one, other) => one - other));
  expect(new Set(positions).size).toBe(positions.length);
  expect(positions.filter((position) => !confirmed.has(position))).toEqual([]);
  expect(damage?.saved ?? messages.length).toBe(messages.length);
  expect(damage?.lost ?? 0).toBeLessThanOrEqual(missing.length);
  const next = {
    key: 'school/new',
    body: Buffer.from('next'),
    receivedAt: 1,
    once: { epoch: 'boot-two', sequence: 1 },
  };
  const { full, ...appended } = file.append(packBlock([next]));
  expect(full).toBe(false);
  expect(appended).toMatchObject({ duplicates: [] });
  expect(file.read(positions.at(-1) ?? 0, { messages: 10, bytes: 1e6 }).map(({ body }) => text(body))).toEqual([
    'next',
  ]);
  file.close();
}

describe('a queue file that is cut off', () => {
  const sizes = [0, 1, 99, 100, PAGE - 1, PAGE, 3 * PAGE, 0.1, 0.37, 0.5, 0.9, 0.999];
  it.each(sizes)('to %d (bytes, or a part of it) keeps what is left of it', (size) => {
    const queue = killedQueue({ messages: 2000, leaves: 'file' });
    cutTo(queue.path, size > 0 && size < 1 ? Math.floor(statSync(queue.path).size * size) : size);
    const after = reopen(queue);
    expect(after.damage).toBeDefined();
    // A page that leads to others keeps remains of rows in its unused part, which no longer belong to it.
    if (size < 1 || size > 3 * PAGE) expect(after.overlooked).toEqual([]);
    if (size > 0.3 && size < 1) expect(after.messages.length).toBeGreaterThan(2000 * size * 0.9);
    // The tree's upper pages, near the beginning of the file, tell how far it went.
    if (size > 0.05 && size < 1) expect(after.damage?.lost ?? 0).toBeGreaterThan(after.missing.length - 60);
    expectSound(queue, after);
  });
});

describe('a queue file that is scribbled on', () => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8])('keeps what is whole, as seed %d has it', (seed) => {
    const queue = killedQueue({ messages: 2000, acknowledged: 100 * seed, leaves: seed % 2 === 0 ? 'file' : 'log' });
    scribble(queue.path, 4, seed);
    const after = reopen(queue);
    // A message may be whole and the few bytes before it, which say what it is, gone: one at each edge of what was overwritten.
    expect(after.overlooked.length).toBeLessThanOrEqual(8);
    expect(after.missing.length).toBeLessThan(0.2 * queue.confirmed.size);
    expectSound(queue, after);
  });

  it('counts exactly the messages that were on a page', () => {
    const queue = killedQueue({ messages: 1000, bodyBytes: 150, leaves: 'file' });
    const pages = statSync(queue.path).size / PAGE;
    overwrite(queue.path, Math.floor(pages / 2) * PAGE, PAGE);
    const after = reopen(queue);
    expect(after.missing.length).toBeGreaterThan(0);
    expect(after.damage).toMatchObject({ saved: 1000 - after.missing.length, lost: after.missing.length });
    expectSound(queue, after);
  });

  it.each([
    ['its header', 0, 100],
    ['its first page', 0, PAGE],
    ['the root of its messages', PAGE, PAGE],
    ['every page that leads to others', 0, 5 * PAGE],
  ])('loses no message with %s', (_what, from, bytes) => {
    const queue = killedQueue({ messages: 2000, acknowledged: 700, leaves: 'file' });
    overwrite(queue.path, from, bytes);
    const after = reopen(queue);
    expect(after.missing).toEqual([]);
    expect(after.damage).toMatchObject({ saved: after.messages.length });
    // Without anybody's progress, what was acknowledged may come once more: those who read it know where they are.
    if (bytes <= PAGE) {
      expect(after.damage?.lost).toBe(0);
      expectSound(queue, after);
    } else after.file.close();
  });

  it('still tells repeats apart, and knows who has read how far', () => {
    const queue = killedQueue({ messages: 500, acknowledged: 200, leaves: 'file' });
    overwrite(queue.path, 0, 100);
    const { file, messages } = reopen(queue);
    const repeat = (sequence: number) =>
      file.append(
        packBlock([
          {
            key: `school/room-${sequence % 7}`,
            body: Buffer.from('x'),
            receivedAt: 1,
            once: { epoch: 'boot-one', sequence },
          },
        ]),
      );
    expect(repeat(77)).toMatchObject({ duplicates: [0] });
    expect(repeat(499)).toMatchObject({ duplicates: [0] });
    expect(repeat(501)).toMatchObject({ duplicates: [], lastPosition: 501 });
    expect(messages[0]?.position).toBe(201);
    file.close();
  });
});

describe('what a device sends', () => {
  /** A row as SQLite lays it out: position 77 of a device that never sent it. */
  const forged = Buffer.concat([
    Buffer.from([32, 77, 5, 0, 35, 5, 32]),
    Buffer.from('school/evil'),
    Buffer.from([0x01, 0xa0, 0xc4, 0x50, 0x6c, 0x00]),
    Buffer.from('0123456789'),
  ]);

  it.each([200, 6000])('is never taken for a message of another, in messages of %d bytes', (bytes) => {
    const path = join(temporaryDirectory(), 'queue.sqlite');
    const first = new QueueFile({ path, maxBytes: 1e9, consumers: [] });
    const body = Buffer.alloc(bytes, 'x');
    forged.copy(body, bytes - forged.length - 10);
    for (let count = 0; count < 50; count++) first.append(packBlock([{ key: 'school/room', body, receivedAt: 1 }]));
    first.close();
    // The directory of the file is gone: its rows are looked for on every page.
    overwrite(path, 0, 100);
    const second = new QueueFile({ path, maxBytes: 1e9, consumers: [] });
    expect(second.damage).toMatchObject({ saved: 50, lost: 0 });
    const keys = second.read(0, { messages: 100, bytes: 1e9 }).map(({ key }) => key);
    expect(new Set(keys)).toEqual(new Set(['school/room']));
    second.close();
  });
});

describe('a log that is damaged', () => {
  const frame = (number: number): number => 32 + (number - 1) * (24 + PAGE);

  it('is recognised, where SQLite would silently begin before the damage', () => {
    const queue = killedQueue({ messages: 2000 });
    expect(statSync(`${queue.path}-wal`).size).toBeGreaterThan(frame(100));
    overwrite(`${queue.path}-wal`, frame(50) + 500, 300);
    const after = reopen(queue);
    expect(after.damage).toBeDefined();
    expect(after.overlooked.length).toBeLessThanOrEqual(2);
    expect(after.missing.length).toBeLessThan(40);
    expectSound(queue, after);
  });

  it.each([
    ['its header', 0, 32],
    ['the header of its first frame', 32, 24],
    ['the header of a later frame', 32 + 49 * (24 + PAGE), 24],
    ['its header and its first frames', 0, 32 + 3 * (24 + PAGE)],
  ])('costs little with %s', (_what, from, bytes) => {
    const queue = killedQueue({ messages: 2000 });
    overwrite(`${queue.path}-wal`, from, bytes);
    const after = reopen(queue);
    expect(after.damage).toBeDefined();
    expect(after.missing.length).toBeLessThan(60);
    expectSound(queue, after);
  });

  it('is read even when the file before it is gone', () => {
    const queue = killedQueue({ messages: 300 });
    rmSync(queue.path);
    const after = reopen(queue);
    expect(after.missing).toEqual([]);
    expectSound(queue, after);
  });

  it('is no damage when only its last commit is torn, as a power cut leaves it', () => {
    const queue = killedQueue({ messages: 500 });
    const log = `${queue.path}-wal`;
    cutTo(log, statSync(log).size - PAGE / 2);
    const after = reopen(queue);
    expect(after.damage).toBeUndefined();
    expect(after.missing.length).toBeLessThanOrEqual(25);
    expectSound(queue, after);
  });
});

describe('setting aside', () => {
  it('keeps the two newest damaged files, with their logs', () => {
    const queue = killedQueue({ messages: 100, leaves: 'file' });
    for (let round = 1; round <= 4; round++) {
      writeFileSync(queue.path, `no database ${round}`.repeat(500));
      expect(reopen(queue).damage?.setAside).toBe(`${queue.path}.damaged-${round}`);
    }
    const names = readdirSync(dirname(queue.path)).filter((name) => /\.damaged-\d+$/.test(name));
    expect(names.sort()).toEqual(['queue.sqlite.damaged-3', 'queue.sqlite.damaged-4']);
  });

  it('is completed when it was interrupted between its renames', () => {
    const queue = killedQueue({ messages: 200 });
    overwrite(queue.path, 0, 100);
    overwrite(`${queue.path}-wal`, 0, 32);
    const saved = reopen(queue);
    saved.file.close();
    // As if the process had been killed after the first rename: the log still lies there, the new file has not got its name.
    const { setAside = '' } = saved.damage ?? {};
    for (const [from, to] of [
      [queue.path, `${queue.path}.salvaged`],
      [`${setAside}-wal`, `${queue.path}-wal`],
    ] as const)
      renameSync(from, to);
    const after = reopen(queue);
    expect(after.damage).toBeUndefined();
    expect(after.messages.length).toBe(saved.messages.length);
    expect(existsSync(`${setAside}-wal`)).toBe(true);
    after.file.close();
  });
});

describe('a file that turns out to be damaged while it is in use', () => {
  it('ends the queue, and the next one saves what can be read', async () => {
    const queue = killedQueue({ messages: 3000, leaves: 'file' });
    const died = Promise.withResolvers<string>();
    const first = await DurableQueue.open({
      path: queue.path,
      maxBytes: 1e9,
      onDied: ({ code }) => died.resolve(code),
    });
    scribble(queue.path, 40, 1);
    const reader = new QueueReader(queue.path);
    onTestFinished(() => reader.close());
    expect(() => reader.read(0, { messages: 1e6, bytes: 1e9 })).toThrow(
      expect.objectContaining({ code: 'queue_damaged' }),
    );
    await expect(first.read(0, { messages: 1e6, bytes: 1e9 })).rejects.toMatchObject({ code: 'queue_failed' });
    expect(await died.promise).toBe('queue_failed');
    const second = await DurableQueue.open({ path: queue.path, maxBytes: 1e9 });
    onTestFinished(() => second.close());
    expect(second.damage?.saved).toBeGreaterThan(1000);
    expect(await second.read(0, { messages: 1e6, bytes: 1e9 })).toHaveLength(second.damage?.saved ?? 0);
  });
});
