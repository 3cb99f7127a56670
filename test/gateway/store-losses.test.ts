import { expect, test } from 'vitest';
import type { DeviceEvent } from '../../contract/event.ts';
import { StoreLosses } from '../../gateway/store-losses.ts';
import { createLog } from '../../runtime/log.ts';

const HOUR_MS = 3600_000;

function lossesAt(clock: { ms: number }, raise: (event: DeviceEvent) => void): StoreLosses {
  return new StoreLosses({ log: createLog('gateway', 'error'), now: () => 1, monotonicMs: () => clock.ms, raise });
}

test('the first loss raises an event at once, later ones together when their time has come', () => {
  const clock = { ms: 0 };
  const events: DeviceEvent[] = [];
  const losses = lossesAt(clock, (event) => events.push(event));
  losses.add('value', 'influx', 0);
  losses.add('value', 'influx', 3);
  for (let hour = 1; hour < 24; hour++) {
    clock.ms = hour * HOUR_MS;
    losses.add('value', 'influx', 1);
  }
  clock.ms = 24 * HOUR_MS;
  losses.add('value', 'influx', 1);
  losses.add('message', 'influx', 1);
  losses.add('message', 'duckdb', 1);
  expect(events.map(({ type, facts }) => [type, facts?.['store'], facts?.['count']])).toEqual([
    ['store-left-out-values', 'influx', 3],
    ['store-left-out-values', 'influx', 24],
    ['store-left-out-messages', 'influx', 1],
    ['store-left-out-messages', 'duckdb', 1],
  ]);
  expect(events[0]?.summary.en).toContain('3 values');
});

test('what could not be written down is told with the next loss', () => {
  const events: DeviceEvent[] = [];
  let isFull = true;
  const losses = lossesAt({ ms: 0 }, (event) => {
    if (isFull) throw new Error('disk full');
    events.push(event);
  });
  losses.add('message', 'influx', 1);
  isFull = false;
  losses.add('message', 'influx', 1);
  expect(events.map(({ facts }) => facts?.['count'])).toEqual([2]);
});
