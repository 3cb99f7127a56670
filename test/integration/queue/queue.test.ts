import { spawn } from 'node:child_process';
import { truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { DurableQueue } from '../../../queue/queue.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const text = (body: Uint8Array): string => new TextDecoder().decode(body);
const all = { messages: 1_000_000, bytes: Number.MAX_SAFE_INTEGER };

async function openQueue(path: string, maxBytes = 1e9): Promise<DurableQueue> {
  const queue = await DurableQueue.open({ path, maxBytes });
  onTestFinished(() => queue.close());
  return queue;
}

describe('DurableQueue', () => {
  it('gives messages back in order, after a restart too, until they are acknowledged', async () => {
    const path = join(temporaryDirectory(), 'queue.sqlite');
    const first = await DurableQueue.open({ path, maxBytes: 1e9 });
    const bodies = Array.from({ length: 500 }, (_, index) => `message ${index}`);
    await Promise.all(
      bodies.map((body, index) => first.append({ key: `k${index % 3}`, body: bytes(body), receivedAt: index })),
    );
    await first.close();

    const second = await openQueue(path);
    const messages = await second.read(0, all);
    expect(messages.map(({ body }) => text(body))).toEqual(bodies);
    expect(messages[7]).toMatchObject({ position: 8, key: 'k1', receivedAt: 7 });
    await second.acknowledge(499);
    expect((await second.read(0, all)).map(({ body }) => text(body))).toEqual(['message 499']);
    expect(await second.stats()).toMatchObject({ messages: 1, firstPosition: 500, lastPosition: 500 });
  });

  it('never uses a position twice, also when everything was acknowledged before a restart', async () => {
    const path = join(temporaryDirectory(), 'queue.sqlite');
    const first = await DurableQueue.open({ path, maxBytes: 1e9 });
    for (const body of ['a', 'b', 'c']) await first.append({ key: 'k', body: bytes(body), receivedAt: 1 });
    await first.acknowledge(3);
    await first.close();
    const second = await openQueue(path);
    await second.append({ key: 'k', body: bytes('d'), receivedAt: 1 });
    expect((await second.read(0, all))[0]?.position).toBe(4);
  });

  it('begins after the position that a consumer remembers, even in a new file', async () => {
    const queue = await DurableQueue.open({
      path: join(temporaryDirectory(), 'queue.sqlite'),
      maxBytes: 1e9,
      after: 5000,
    });
    onTestFinished(() => queue.close());
    await queue.append({ key: 'k', body: bytes('x'), receivedAt: 1 });
    expect((await queue.read(5000, all))[0]?.position).toBe(5001);
  });

  it('stores a message of one epoch and sequence once, across a restart and within one commit', async () => {
    const path = join(temporaryDirectory(), 'queue.sqlite');
    const message = { key: 's/d', body: bytes('x'), receivedAt: 1, once: { epoch: 'boot-one', sequence: 1 } };
    const first = await DurableQueue.open({ path, maxBytes: 1e9 });
    expect(await Promise.all([first.append(message), first.append(message)])).toEqual(['stored', 'duplicate']);
    await first.close();
    const second = await openQueue(path);
    expect(await second.append(message)).toBe('duplicate');
    expect(await second.append({ ...message, once: { epoch: 'boot-two', sequence: 1 } })).toBe('stored');
  });

  it('refuses when full, stores nothing of what it refused, and takes it after acknowledging', async () => {
    const queue = await openQueue(join(temporaryDirectory(), 'queue.sqlite'), 10_000);
    const body = new Uint8Array(4000);
    const append = (sequence: number) =>
      queue.append({ key: 'k', body, receivedAt: 1, once: { epoch: 'boot-one', sequence } });
    await append(1);
    await append(2);
    await expect(append(3)).rejects.toMatchObject({ code: 'queue_full' });
    expect((await queue.stats()).messages).toBe(2);
    await queue.acknowledge(1);
    expect(await append(3)).toBe('stored');
  });

  it('keeps a message until every consumer has acknowledged it', async () => {
    const path = join(temporaryDirectory(), 'queue.sqlite');
    const queue = await DurableQueue.open({ path, maxBytes: 1e9, consumers: ['duckdb', 'mirror'] });
    onTestFinished(() => queue.close());
    for (const body of ['a', 'b']) await queue.append({ key: 'k', body: bytes(body), receivedAt: 1 });
    await queue.acknowledge(2, 'duckdb');
    expect(await queue.read(0, all)).toHaveLength(2);
    await queue.acknowledge(1, 'mirror');
    expect((await queue.read(0, all)).map(({ body }) => text(body))).toEqual(['b']);
  });

  it('reads within its limits, but never nothing while there is something', async () => {
    const queue = await openQueue(join(temporaryDirectory(), 'queue.sqlite'));
    for (let index = 0; index < 10; index++) await queue.append({ key: 'k', body: new Uint8Array(100), receivedAt: 1 });
    expect(await queue.read(0, { messages: 3, bytes: 1e6 })).toHaveLength(3);
    expect(await queue.read(0, { messages: 100, bytes: 450 })).toHaveLength(4);
    expect(await queue.read(0, { messages: 100, bytes: 1 })).toHaveLength(1);
  });

  it('sets a damaged file aside, says so and goes on', async () => {
    const path = join(temporaryDirectory(), 'queue.sqlite');
    writeFileSync(path, 'this is no database, whatever its name says. '.repeat(200));
    const queue = await openQueue(path);
    expect(queue.setAside).toMatch(/queue\.sqlite\.damaged-\d+$/);
    expect(await queue.append({ key: 'k', body: bytes('x'), receivedAt: 1 })).toBe('stored');
  });

  it('opens a file cut off in the middle without crashing', async () => {
    const path = join(temporaryDirectory(), 'queue.sqlite');
    const first = await DurableQueue.open({ path, maxBytes: 1e9 });
    for (let index = 0; index < 200; index++)
      await first.append({ key: 'k', body: new Uint8Array(1000), receivedAt: 1 });
    await first.close();
    truncateSync(path, 50_000);
    const second = await openQueue(path);
    expect(second.setAside).toBeDefined();
    expect(await second.append({ key: 'k', body: bytes('x'), receivedAt: 1 })).toBe('stored');
  });

  it('fails with a clear error where it cannot write', async () => {
    await expect(DurableQueue.open({ path: '/proc/none/queue.sqlite', maxBytes: 1e9 })).rejects.toMatchObject({
      code: 'queue_failed',
      message: expect.stringContaining('/proc/none/queue.sqlite'),
    });
  });

  it('loses nothing that it confirmed when its process is killed', async () => {
    const path = join(temporaryDirectory(), 'queue.sqlite');
    const writer = spawn(process.execPath, [join(import.meta.dirname, 'endless-writer.ts'), path], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let confirmed = 0;
    await new Promise<void>((resolve) => {
      writer.stdout.on('data', (chunk: Buffer) => {
        confirmed = Number(String(chunk).trim().split('\n').at(-1));
        if (confirmed >= 500) writer.kill('SIGKILL');
      });
      writer.on('exit', () => resolve());
    });
    const queue = await openQueue(path);
    const stored = (await queue.read(0, all)).map(({ body }) => Number(text(body)));
    expect(stored.length).toBeGreaterThanOrEqual(confirmed);
    expect(stored).toEqual(stored.map((_, index) => index + 1));
  });
});
