import { expect, test } from 'vitest';
import { Value } from '#typebox/value';
import { horizonOf, retentionConfig } from '../../../gateway/store/retention.ts';

const DAY_MS = 24 * 3600 * 1000;
const NOW = 1_790_000_000_000;
const defaults = Value.Parse(retentionConfig, Value.Default(retentionConfig, {}));

test('points go before their averages do, and measurements of others are kept as the product’s own', () => {
  const horizon = horizonOf('system', defaults, NOW);
  expect((NOW - horizon.points) / DAY_MS).toBe(defaults.metrics_days);
  expect((NOW - horizon.rollups.minute) / DAY_MS).toBe(defaults.minutes_days);
  expect((NOW - horizon.rollups.hour) / DAY_MS).toBe(defaults.hours_days);
  expect(horizonOf('somebodys_sensor', defaults, NOW)).toEqual(horizon);
});

test('averages are kept for as long as their points at least', () => {
  const horizon = horizonOf('system', { ...defaults, metrics_days: 5000 }, NOW);
  expect(horizon.rollups).toEqual({ minute: horizon.points, hour: horizon.points });
});

test('a security log cannot be kept for less than the law says', () => {
  expect(Value.Check(retentionConfig, { ...defaults, security_days: 184 })).toBe(false);
  expect(Value.Check(retentionConfig, { ...defaults, security_days: 185 })).toBe(true);
});
