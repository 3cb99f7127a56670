import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { AppendInput, DurableQueue } from '../../../queue/queue.ts';
import { QueueReader } from '../../../queue/queue-reader.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

export type OpenQueue = typeof DurableQueue.open;

export const bytes = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);
export const text = (body: Uint8Array): string => new TextDecoder().decode(body);
export const everything = { messages: 1_000_000, bytes: Number.MAX_SAFE_INTEGER };

/** What a durable queue is: whatever passes this. `endlessWriter` is a program that appends 1, 2, 3, … and prints what is confirmed. */
export function queueConformance(name: string, open: OpenQueue, endlessWriter: string): void {
  const newPath = (): string => join(temporaryDirectory(), 'queue.sqlite');
  const opened = async (options: Partial<Parameters<OpenQueue>[0]> = {}): Promise<DurableQueue> => {
    const queue = await open({ path: newPath(), maxBytes: 1e9, ...options });
    onTestFinished(() => queue.close());
    return queue;
  };
  const message = (body: string, more: Partial<AppendInput> = {}): AppendInput => ({
    ...{ key: 'k', body: bytes(body), receivedAt: 1 },
    ...more,
  });
  const bodies = async (queue: DurableQueue, after = 0): Promise<string[]> =>
    (await queue.read(after, everything)).map(({ body }) => text(body));

  describe(`${name}: order`, () => {
    it('gives messages back in order, after a restart too, until they are acknowledged', async () => {
      const path = newPath();
      const first = await open({ path, maxBytes: 1e9 });
      const sent = Array.from({ length: 500 }, (_, index) => `message ${index}`);
      await Promise.all(
        sent.map((body, index) => first.append(message(body, { key: `k${index % 3}`, receivedAt: index }))),
      );
      await first.close();

      const second = await opened({ path });
      const messages = await second.read(0, everything);
      expect(messages.map(({ body }) => text(body))).toEqual(sent);
      expect(messages[7]).toMatchObject({ position: 8, key: 'k1', receivedAt: 7 });
      await second.acknowledge(499);
      expect(await bodies(second)).toEqual(['message 499']);
      expect(await second.stats()).toMatchObject({ messages: 1, firstPosition: 500, lastPosition: 500 });
    });

    it('never uses a position twice, also when everything was acknowledged before a restart', async () => {
      const path = newPath();
      const first = await open({ path, maxBytes: 1e9 });
      for (const body of ['a', 'b', 'c']) await first.append(message(body));
      await first.acknowledge(3);
      await first.close();
      const second = await opened({ path });
      await second.append(message('d'));
      expect((await second.read(0, everything))[0]?.position).toBe(4);
    });

    it('begins after the position that a consumer remembers, even in a new file', async () => {
      const queue = await opened({ after: 5000 });
      await queue.append(message('x'));
      expect((await queue.read(5000, everything))[0]?.position).toBe(5001);
    });

    it('reads within its limits, but never nothing while there is something', async () => {
      const queue = await opened();
      for (let index = 0; index < 10; index++) await queue.append(message('x'.repeat(100)));
      expect(await queue.read(0, { messages: 3, bytes: 1e6 })).toHaveLength(3);
      expect(await queue.read(0, { messages: 100, bytes: 450 })).toHaveLength(4);
      expect(await queue.read(0, { messages: 100, bytes: 1 })).toHaveLength(1);
    });
  });

  describe(`${name}: commits`, () => {
    it('has committed what it confirms: another connection reads it at that moment', async () => {
      const queue = await opened();
      const reader = new QueueReader(queue.path);
      onTestFinished(() => reader.close());
      for (let number = 1; number <= 50; number++) {
        await queue.append(message(String(number)));
        expect(reader.read(number - 1, everything).map(({ body }) => text(body))).toEqual([String(number)]);
      }
    });

    it('loses nothing that it confirmed when its process is killed', async () => {
      const path = newPath();
      const writer = spawn(process.execPath, [endlessWriter, path], { stdio: ['ignore', 'pipe', 'inherit'] });
      let confirmed = 0;
      await new Promise<void>((resolve) => {
        writer.stdout.on('data', (chunk: Buffer) => {
          confirmed = Number(String(chunk).trim().split('\n').at(-1));
          if (confirmed >= 500) writer.kill('SIGKILL');
        });
        writer.on('exit', () => resolve());
      });
      const queue = await opened({ path });
      const stored = (await bodies(queue)).map(Number);
      expect(queue.damage).toBeUndefined();
      expect(stored.length).toBeGreaterThanOrEqual(confirmed);
      expect(stored).toEqual(stored.map((_, index) => index + 1));
    });

    it('fails with a clear error where it cannot write', async () => {
      await expect(open({ path: '/proc/none/queue.sqlite', maxBytes: 1e9 })).rejects.toMatchObject({
        code: 'queue_failed',
        message: expect.stringContaining('/proc/none/queue.sqlite'),
      });
    });

    it('refuses what comes after it is closed, and commits what came before', async () => {
      const path = newPath();
      const first = await open({ path, maxBytes: 1e9 });
      const before = first.append(message('before'));
      await first.close();
      expect(await before).toBe('stored');
      await expect(first.append(message('after'))).rejects.toMatchObject({ code: 'queue_closed' });
      expect(await bodies(await opened({ path }))).toEqual(['before']);
    });
  });

  describe(`${name}: repeats`, () => {
    it('stores a message of one epoch and sequence once, across a restart and within one commit', async () => {
      const path = newPath();
      const numbered = message('x', { key: 's/d', once: { epoch: 'boot-one', sequence: 1 } });
      const first = await open({ path, maxBytes: 1e9 });
      expect(await Promise.all([first.append(numbered), first.append(numbered)])).toEqual(['stored', 'duplicate']);
      await first.close();
      const second = await opened({ path });
      expect(await second.append(numbered)).toBe('duplicate');
      expect(await second.append({ ...numbered, once: { epoch: 'boot-two', sequence: 1 } })).toBe('stored');
    });
  });

  describe(`${name}: repeats without numbers`, () => {
    const byContent = (body: string, key = 's/d') => message(body, { key, once: 'content' as const });

    it('stores a message of the same contents once, across a restart and within one commit', async () => {
      const path = newPath();
      const first = await open({ path, maxBytes: 1e9 });
      const same = [first.append(byContent('x')), first.append(byContent('x')), first.append(byContent('x', 's/e'))];
      expect(await Promise.all(same)).toEqual(['stored', 'duplicate', 'stored']);
      for (let number = 0; number < 20; number++) await first.append(byContent(String(number)));
      await first.close();
      const second = await opened({ path });
      expect(await second.append(byContent('x'))).toBe('duplicate');
      expect(await second.append(byContent('y'))).toBe('stored');
    });

    it('stores every message that is to be told apart by nothing', async () => {
      const queue = await opened();
      expect([await queue.append(message('x')), await queue.append(message('x'))]).toEqual(['stored', 'stored']);
    });
  });

  describe(`${name}: bound`, () => {
    it('refuses when full, stores nothing of what it refused, and takes it after acknowledging', async () => {
      const queue = await opened({ maxBytes: 10_000 });
      const append = (sequence: number) =>
        queue.append(message('x'.repeat(4000), { once: { epoch: 'boot-one', sequence } }));
      await append(1);
      await append(2);
      await expect(append(3)).rejects.toMatchObject({ code: 'queue_full' });
      expect((await queue.stats()).messages).toBe(2);
      await queue.acknowledge(1);
      expect(await append(3)).toBe('stored');
    });

    it('knows after a restart how full it is', async () => {
      const path = newPath();
      const first = await open({ path, maxBytes: 10_000 });
      for (const body of ['a', 'b']) await first.append(message(body.repeat(4000)));
      const before = await first.stats();
      await first.close();
      const second = await opened({ path, maxBytes: 10_000 });
      expect(await second.stats()).toEqual(before);
      await expect(second.append(message('c'.repeat(4000)))).rejects.toMatchObject({ code: 'queue_full' });
    });
  });

  describe(`${name}: consumers`, () => {
    it('keeps a message until every consumer has acknowledged it, across a restart', async () => {
      const path = newPath();
      const consumers = ['duckdb', 'mirror'];
      const first = await open({ path, maxBytes: 1e9, consumers });
      for (const body of ['a', 'b']) await first.append(message(body));
      await first.acknowledge(2, 'duckdb');
      expect(await first.read(0, everything)).toHaveLength(2);
      await first.close();
      const second = await opened({ path, consumers });
      await second.acknowledge(1, 'mirror');
      expect(await bodies(second)).toEqual(['b']);
    });

    it('starts a new consumer at the oldest message, and forgets one that is no longer named', async () => {
      const path = newPath();
      const first = await open({ path, maxBytes: 1e9, consumers: ['duckdb', 'gone'] });
      for (const body of ['a', 'b']) await first.append(message(body));
      await first.acknowledge(2, 'duckdb');
      await first.close();
      const second = await opened({ path, consumers: ['duckdb', 'new'] });
      expect(await bodies(second)).toEqual(['a', 'b']);
      await second.acknowledge(2, 'new');
      expect(await bodies(second)).toEqual([]);
    });
  });

  describe(`${name}: damage`, () => {
    it('sets a file aside that is none, says so and goes on', async () => {
      const path = newPath();
      writeFileSync(path, 'this is no database, whatever its name says. '.repeat(200));
      const queue = await opened({ path });
      expect(queue.damage).toEqual({ setAside: `${path}.damaged-1`, saved: 0, lost: 0 });
      expect(await queue.append(message('x'))).toBe('stored');
    });
  });
}
