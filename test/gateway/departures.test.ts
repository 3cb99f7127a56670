import { expect, test } from 'vitest';
import { backOffMs } from '../../agent/back-off.ts';
import { Departures, RETURN_MS } from '../../gateway/departures.ts';

test('a device that was sent away is missed once, when its time is over and not before', () => {
  const departures = new Departures(1000);
  departures.left({ site: 'school', device: 'room-1' }, 0);
  departures.left({ site: 'school', device: 'room-2' }, 500);
  expect(departures.takeOverdue(999)).toEqual([]);
  expect(departures.takeOverdue(1000)).toEqual([{ site: 'school', device: 'room-1' }]);
  expect(departures.takeOverdue(1400)).toEqual([]);
  expect(departures.takeOverdue(1500)).toEqual([{ site: 'school', device: 'room-2' }]);
});

test('one that comes back is not missed, and its time begins anew when it is sent away again', () => {
  const departures = new Departures(1000);
  departures.left({ site: 'school', device: 'room-1' }, 0);
  departures.left({ site: 'school', device: 'room-2' }, 0);
  departures.returned({ site: 'school', device: 'room-1' });
  departures.returned({ site: 'school', device: 'room-2' });
  departures.left({ site: 'school', device: 'room-2' }, 800);
  expect(departures.takeOverdue(1700)).toEqual([]);
  expect(departures.takeOverdue(1800)).toEqual([{ site: 'school', device: 'room-2' }]);
});

test('the time is longer than the longest pause of an agent and its attempt to connect', () => {
  const attemptMs = 5000;
  expect(RETURN_MS).toBeGreaterThan(backOffMs(1000, 1) + attemptMs);
});
