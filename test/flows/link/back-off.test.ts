import { expect, it } from 'vitest';
import { FIRST_WAIT_MS, LONGEST_WAIT_MS, waitMs } from '../../../flows/link/back-off.ts';

it('waits longer with each failure, never less than the first wait nor more than the longest', () => {
  expect([1, 2, 3, 4, 5, 6, 1000].map((attempt) => waitMs(attempt, 1))).toEqual([
    600, 1200, 2400, 4800, 5000, 5000, 5000,
  ]);
  for (const attempt of [1, 5, 1000]) expect(waitMs(attempt, 0)).toBe(FIRST_WAIT_MS);
  expect(waitMs(1000, 0.5)).toBe((FIRST_WAIT_MS + LONGEST_WAIT_MS) / 2);
});
