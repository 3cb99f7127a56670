import { describe, expect, it } from 'vitest';
import { parseDuration } from '../../../../gateway/store/victoriametrics/server-flags.ts';

const day = 24 * 3600 * 1000;

describe('durations of flags', () => {
  it.each([
    ['1ms', 1],
    ['0s', 0],
    ['1h30m0s', 5_400_000],
    ['100y', 36_500 * day],
    ['2w', 14 * day],
    ['1.5d', 1.5 * day],
    ['1', 31 * day],
    ['12', 372 * day],
  ])('%s', (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });

  it.each(['', 'never', '1x', '1h nonsense'])('are none: %j', (text) => {
    expect(parseDuration(text)).toBeUndefined();
  });
});
