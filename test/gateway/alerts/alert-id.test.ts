import { expect, test } from 'vitest';
import { isId } from '../../../contract/ids.ts';
import { alertId } from '../../../gateway/alerts/alert-id.ts';

const zeros = new Uint8Array(16);
const ones = new Uint8Array(16).fill(255);

test('an id is 26 characters that a topic may hold', () => {
  expect(alertId(0, zeros)).toBe('0'.repeat(26));
  expect(alertId(2 ** 48 - 1, ones)).toBe(`7${'z'.repeat(25)}`);
  expect(isId(alertId(1_764_000_000_000, ones))).toBe(true);
});

test('ids sort by time, whatever the random part', () => {
  const times = [1, 31, 32, 1023, 1024, 1_764_000_000_000, 1_764_000_000_001, 2 ** 41];
  const ids = times.map((time, index) => alertId(time, index % 2 === 0 ? ones : zeros));
  expect(ids.toSorted()).toEqual(ids);
});
