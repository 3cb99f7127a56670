import { describe, expect, it } from 'vitest';
import { findLossFreeRate } from './loss-free-rate.ts';

const search = { start: 2400, stride: 1.25, lowest: 100, highest: 100_000, precision: 1.06 };

describe('the search for the highest rate without a loss', () => {
  it.each([150, 1000, 2399, 2400, 2790, 9000])('comes within its precision of %i', async (limit) => {
    const tried: number[] = [];
    const rate = await findLossFreeRate(search, async (candidate) => {
      tried.push(candidate);
      return candidate <= limit;
    });
    expect(rate).toBeLessThanOrEqual(limit);
    expect(rate).toBeGreaterThan(limit / 1.07);
    expect(new Set(tried).size).toBe(tried.length);
  });

  it('knows no rate where all lose, and takes the highest where none does', async () => {
    expect(await findLossFreeRate(search, async () => false)).toBeUndefined();
    expect(await findLossFreeRate(search, async () => true)).toBe(100_000);
  });
});
