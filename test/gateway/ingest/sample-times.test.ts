import { describe, expect, it } from 'vitest';
import { limits } from '../../../contract/limits.ts';
import { SampleTimes } from '../../../gateway/ingest/sample-times.ts';

const DAY = 24 * 3600 * 1000;
const noon = Date.UTC(2026, 2, 2, 12);

/** A gateway whose wall clock can be set while time goes on. */
function gatewayAt(wall: number, furthest = 0) {
  const clock = { wall, steady: 1000 };
  const times = new SampleTimes({ now: () => clock.wall, monotonicMs: () => clock.steady, furthest });
  return {
    bounds: () => times.bounds(),
    takes: (time: number): boolean => {
      const { earliest, latest } = times.bounds();
      return time >= earliest && time <= latest;
    },
    pass: (ms: number): void => {
      clock.wall += ms;
      clock.steady += ms;
    },
    set: (to: number): void => {
      clock.wall = to;
    },
  };
}

describe('the times that samples may have', () => {
  it('are those around the clock of a gateway that nobody sets', () => {
    const gateway = gatewayAt(noon);
    expect(gateway.bounds()).toEqual({ earliest: noon - limits.pastMs, latest: noon + limits.futureMs });
    gateway.pass(3600_000);
    expect(gateway.bounds().latest).toBe(noon + 3600_000 + limits.futureMs);
    expect(gateway.takes(noon + DAY)).toBe(false);
    expect(gateway.takes(0)).toBe(false);
  });

  it.each([-DAY, DAY])('are those of both clocks when it was set by %d ms, for as long as it stays so', (step) => {
    const gateway = gatewayAt(noon);
    gateway.bounds();
    gateway.set(noon + step);
    gateway.pass(2 * 3600_000);
    const right = noon + 2 * 3600_000;
    expect(gateway.takes(right)).toBe(true);
    expect(gateway.takes(right + step)).toBe(true);
    expect(gateway.takes(right - limits.pastMs)).toBe(true);
    expect(gateway.takes(right + DAY + 2 * limits.futureMs)).toBe(false);
    gateway.set(right);
    expect(gateway.takes(right)).toBe(true);
  });

  it('are all from 2025 on, while it is in 1970', () => {
    const gateway = gatewayAt(5000);
    expect(gateway.takes(noon)).toBe(true);
    expect(gateway.takes(5000)).toBe(false);
    expect(gateway.takes(Date.UTC(2300, 0, 1))).toBe(false);
    gateway.set(noon);
    expect(gateway.takes(noon + DAY)).toBe(false);
    expect(gateway.takes(noon - limits.pastMs - 1)).toBe(false);
  });

  it('are any later ones while it is behind what was known before its start', () => {
    const gateway = gatewayAt(noon - DAY, noon);
    expect(gateway.takes(noon + 30 * DAY)).toBe(true);
    gateway.pass(DAY);
    expect(gateway.takes(noon + 30 * DAY)).toBe(false);
  });
});
