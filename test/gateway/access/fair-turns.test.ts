import { expect, test } from 'vitest';
import { FairTurns } from '../../../gateway/access/fair-turns.ts';

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('one who asks for much waits for itself, and the others do not', async () => {
  const turns = new FairTurns({ running: 2, waiting: 1 });
  const started: string[] = [];
  const ends: (() => void)[] = [];
  const job = (name: string) => async (): Promise<string> => {
    started.push(name);
    await new Promise<void>((resolve) => ends.push(resolve));
    return name;
  };
  const greedy = ['a1', 'a2', 'a3'].map((name) => turns.run('a', job(name)));
  await expect(turns.run('a', job('a4'))).rejects.toMatchObject({ code: 'rate_limited' });
  const modest = turns.run('b', job('b1'));
  await settled();
  expect(started).toEqual(['a1', 'a2', 'b1']);
  while (ends.length > 0) {
    ends.shift()?.();
    await settled();
  }
  expect(await Promise.all([...greedy, modest])).toEqual(['a1', 'a2', 'a3', 'b1']);
});

test('what fails makes room for the next one', async () => {
  const turns = new FairTurns({ running: 1, waiting: 1 });
  const failing = turns.run('a', () => Promise.reject(new Error('no')));
  const next = turns.run('a', async () => 'done');
  await expect(failing).rejects.toThrow('no');
  expect(await next).toBe('done');
});
