import { describe, expect, it } from 'vitest';
import { clockOffsetMs } from '../../../../dashboards/console/src/live/clock-offset.ts';

const header = 'Tue, 24 Nov 2026 03:00:00 GMT';
const at = Date.parse(header);

describe('clockOffsetMs', () => {
  it('is zero while the clocks agree as far as the header can tell', () => {
    expect(clockOffsetMs(header, at + 900)).toBe(0);
    expect(clockOffsetMs(null, at)).toBe(0);
    expect(clockOffsetMs('soon', at)).toBe(0);
  });

  it('tells how far a wrong clock is off, either way', () => {
    expect(clockOffsetMs(header, at - 600_000)).toBe(600_500);
    expect(clockOffsetMs(header, at + 600_000)).toBe(-599_500);
  });
});
