import { expect, test } from 'vitest';
import { addressRule, LoginThrottle, userRule } from '../../../gateway/access/login-throttle.ts';

test('after the free attempts each further one doubles the wait, up to a bound', () => {
  const throttle = new LoginThrottle(addressRule);
  const waits: number[] = [];
  let now = 0;
  for (let attempt = 0; attempt < 18; attempt += 1) {
    const wait = throttle.waitMs('a', now);
    waits.push(wait / 1000);
    now += wait;
    throttle.begin('a', now);
  }
  expect(waits).toEqual([0, 0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900]);
});

test('a user is never locked out for more than a minute', () => {
  const throttle = new LoginThrottle(userRule);
  for (let attempt = 0; attempt < 1000; attempt += 1) throttle.begin('admin', 0);
  expect(throttle.waitMs('admin', 0)).toBe(60_000);
});

test('success wipes the slate, so does an hour of silence; others are not concerned', () => {
  const throttle = new LoginThrottle({ free: 1, firstWaitMs: 1000, maxWaitMs: 1000 });
  throttle.begin('a', 0);
  expect(throttle.waitMs('a', 0)).toBe(1000);
  expect(throttle.waitMs('b', 0)).toBe(0);
  throttle.succeeded('a');
  expect(throttle.waitMs('a', 0)).toBe(0);
  const doubling = new LoginThrottle({ free: 1, firstWaitMs: 1000, maxWaitMs: 100_000 });
  for (let n = 0; n < 4; n += 1) doubling.begin('a', 0);
  doubling.begin('a', 3_600_001);
  expect(doubling.waitMs('a', 3_600_001)).toBe(1000);
});

test('memory is bounded: of very many keys the oldest are forgotten', () => {
  const throttle = new LoginThrottle({ free: 1, firstWaitMs: 1000, maxWaitMs: 1000 });
  for (let n = 0; n <= 10_000; n += 1) throttle.begin(`key-${n}`, 0);
  expect([throttle.waitMs('key-0', 0), throttle.waitMs('key-1', 0)]).toEqual([0, 1000]);
});
