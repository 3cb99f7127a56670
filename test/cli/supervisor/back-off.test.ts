import { describe, expect, it } from 'vitest';
import { nextWaitMs } from '../../../cli/supervisor/back-off.ts';

describe('nextWaitMs', () => {
  it('starts at 2 s, doubles, and ends at 60 s', () => {
    const waits: number[] = [];
    for (let wait: number | undefined, times = 0; times < 7; times++) {
      wait = nextWaitMs(wait, 100);
      waits.push(wait / 1000);
    }
    expect(waits).toEqual([2, 4, 8, 16, 32, 60, 60]);
  });

  it('starts over after a minute of health', () => {
    expect(nextWaitMs(60_000, 59_999)).toBe(60_000);
    expect(nextWaitMs(60_000, 60_000)).toBe(2000);
  });
});
