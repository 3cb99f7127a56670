import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { ReadTurns } from '../../../gateway/broker/read-turns.ts';

const limits = { bytesAtOnce: 100, bytesATurn: 400, bytesAtLeast: 10, turnMs: 25 };

/** Clients of one broker, and in which order they were read. Reading a byte takes `msPerByte`. */
function open({ msPerByte = 0 } = {}) {
  const state = { ms: 0 };
  const turns = new ReadTurns<Client>(limits, () => state.ms);
  const reads: [string, number][] = [];
  class Client {
    readonly #name: string;
    #available: number;
    constructor(name: string, available: number) {
      this.#name = name;
      this.#available = available;
    }
    resume = (): void => {
      const bytes = turns.take(this, this.#available);
      if (bytes === 0) return;
      this.#available -= bytes;
      state.ms += bytes * msPerByte;
      reads.push([this.#name, bytes]);
    };
    leave = (): void => turns.forget(this);
  }
  const client = (name: string, available: number): Client => new Client(name, available);
  return { reads, client };
}

test('a flood is read a share in each turn, and goes on by itself', async () => {
  const { reads, client } = open();
  const flood = client('flood', 250);
  flood.resume();
  flood.resume();
  expect(reads).toEqual([['flood', 100]]);
  await turn();
  await turn();
  await turn();
  expect(reads).toEqual([
    ['flood', 100],
    ['flood', 100],
    ['flood', 50],
  ]);
});

test('who sends little is read before what is left of the floods', async () => {
  const { reads, client } = open();
  for (const name of ['a', 'b', 'c', 'd']) client(name, 1000).resume();
  client('little', 5).resume();
  expect(reads.map(([name]) => name)).toEqual(['a', 'b', 'c', 'd']);
  await turn();
  expect(reads[4]).toEqual(['little', 5]);
});

test('a turn ends when it has taken its time, however few bytes that were, and the rest follows in order', async () => {
  const { reads, client } = open({ msPerByte: 1 });
  for (const name of ['a', 'b', 'c', 'd']) client(name, 20).resume();
  expect(reads.map(([name]) => name)).toEqual(['a', 'b']);
  await turn();
  expect(reads.map(([name]) => name)).toEqual(['a', 'b', 'c', 'd']);
});

test('the more clients send, the less each is read at once', async () => {
  const { reads, client } = open();
  for (let index = 0; index < 40; index += 1) client(`c${index}`, 1000).resume();
  await turn();
  await turn();
  expect(reads.at(-1)?.[1]).toBeLessThan(100);
  expect(reads.at(-1)?.[1]).toBeGreaterThanOrEqual(limits.bytesAtLeast);
});

test('who is gone is not read any more', async () => {
  const { reads, client } = open();
  const flood = client('flood', 250);
  flood.resume();
  flood.leave();
  await turn();
  expect(reads).toHaveLength(1);
});
