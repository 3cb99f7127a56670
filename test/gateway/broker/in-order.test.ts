import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { InOrder } from '../../../gateway/broker/in-order.ts';

function setup() {
  const order = new InOrder();
  const sent: string[] = [];
  const put = (text: string, replaces?: string): void =>
    order.put({ send: () => void sent.push(text), takesSteps: true, replaces });
  const drain = async (): Promise<string[]> => {
    for (let turns = 0; turns < 20; turns += 1) await turn();
    return sent;
  };
  return { order, put, drain };
}

test('messages go out one after another, as they came', async () => {
  const { put, drain } = setup();
  for (const text of ['a', 'b', 'c']) put(text);
  expect(await drain()).toEqual(['a', 'b', 'c']);
});

test('of a device that changes its state faster than it can be told, the newest is told, and memory is bounded', async () => {
  const { order, put, drain } = setup();
  put('first');
  for (let n = 0; n < 10_000; n += 1) {
    put(`room-1 ${n}`, 'room-1');
    put(`room-2 ${n}`, 'room-2');
  }
  put('alert');
  expect(order.size).toBe(3);
  expect(await drain()).toEqual(['first', 'room-1 9999', 'room-2 9999', 'alert']);
  put('later', 'room-1');
  expect(await drain()).toContain('later');
});
