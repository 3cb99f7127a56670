import { expect, test } from 'vitest';
import { WorkGate } from '../../../gateway/access/work-gate.ts';

/** Jobs that end when the test says so. */
function jobs() {
  const started: number[] = [];
  const ends: (() => void)[] = [];
  const job = (id: number) => async (): Promise<number> => {
    started.push(id);
    await new Promise<void>((resolve) => ends.push(resolve));
    return id;
  };
  return { started, job, endOne: () => ends.shift()?.() };
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('no more than so many run, the rest wait in order', async () => {
  const gate = new WorkGate({ running: 2, waiting: 10 });
  const { started, job, endOne } = jobs();
  const results = [1, 2, 3, 4].map((id) => gate.run(job(id)));
  await settled();
  expect(started).toEqual([1, 2]);
  endOne();
  await settled();
  expect(started).toEqual([1, 2, 3]);
  for (let n = 0; n < 3; n += 1) {
    endOne();
    await settled();
  }
  expect(await Promise.all(results)).toEqual([1, 2, 3, 4]);
});

test('who finds too many waiting is refused at once, later ones are not', async () => {
  const gate = new WorkGate({ running: 1, waiting: 1 });
  const { job, endOne } = jobs();
  const first = gate.run(job(1));
  const second = gate.run(job(2));
  await expect(gate.run(job(3))).rejects.toMatchObject({ code: 'rate_limited' });
  endOne();
  await first;
  const fourth = gate.run(job(4));
  endOne();
  await settled();
  endOne();
  await settled();
  endOne();
  expect([await second, await fourth]).toEqual([2, 4]);
});

test('a job that fails makes room', async () => {
  const gate = new WorkGate({ running: 1, waiting: 0 });
  await expect(gate.run(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(await gate.run(async () => 'yes')).toBe('yes');
});
