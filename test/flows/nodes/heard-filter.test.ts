import { expect, test } from 'vitest';
import { HeardFilter } from '../../../flows/nodes/heard-filter.ts';

test('a device is news once a second, and what was kept through an outage apart from that', () => {
  let now = 0;
  const filter = new HeardFilter(() => now);
  const news = (device: string, replayed?: boolean) =>
    filter.isNews({ device, payload: replayed === undefined ? {} : { replayed } });
  expect([news('room-1'), news('room-1'), news('room-2'), news('room-1', true)]).toEqual([true, false, true, true]);
  now = 999;
  expect([news('room-1'), news('room-1', true)]).toEqual([false, false]);
  now = 1000;
  expect([news('room-1'), news('room-1')]).toEqual([true, false]);
});
