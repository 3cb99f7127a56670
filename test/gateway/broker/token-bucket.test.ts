import { expect, it } from 'vitest';
import { TokenBucket } from '../../../gateway/broker/token-bucket.ts';

it('lets a burst pass, then slows to its rate, and forgives after a pause', () => {
  const bucket = new TokenBucket(10, 5, 0);
  expect([1, 2, 3, 4, 5].map(() => bucket.take(0))).toEqual([0, 0, 0, 0, 0]);
  expect(bucket.take(0)).toBeCloseTo(100);
  expect(bucket.take(0)).toBeCloseTo(200);
  expect(bucket.take(1000)).toBe(0);
  expect(bucket.take(60_000)).toBe(0);
  const afterPause = [1, 2, 3, 4].map(() => bucket.take(60_000));
  expect(afterPause).toEqual([0, 0, 0, 0]);
  expect(bucket.take(60_000)).toBeCloseTo(100);
});
