import { describe, expect, it } from 'vitest';
import { axisBounds, boundsAround, chartSpan } from '../../../../dashboards/console/src/charts/axis.ts';

describe('axisBounds', () => {
  it.each([
    [187e6, 0, { min: 0, max: 200e6, interval: 50e6 }],
    [187e6, 12e6, { min: -50e6, max: 200e6, interval: 50e6 }],
    [10_000, 2500, { min: -5000, max: 10_000, interval: 5000 }],
    [60, 0, { min: 0, max: 60, interval: 20 }],
    [0.9, 0, { min: 0, max: 1, interval: 0.25 }],
    [0, 0, { min: 0, max: 1, interval: 1 }],
  ])('up to %s and down to %s goes in round steps', (top, bottom, bounds) => {
    const found = axisBounds(top, bottom);
    expect(found.interval).toBeCloseTo(bounds.interval, 9);
    expect([found.min, found.max].map((value) => Number(value.toFixed(6)))).toEqual([bounds.min, bounds.max]);
  });
});

describe('boundsAround', () => {
  it.each([
    [-104, -87, { min: -105, max: -85, interval: 5 }],
    [-3, 14, { min: -5, max: 15, interval: 5 }],
    [-90, -90, { min: -90, max: -89, interval: 1 }],
  ])('from %s to %s goes in round steps', (lowest, highest, bounds) => {
    expect(boundsAround(lowest, highest)).toEqual(bounds);
  });
});

describe('chartSpan', () => {
  it('is the range asked for, cut to what a new device can have', () => {
    expect(chartSpan(10_000_000, 900_000, undefined)).toEqual({ from: 9_100_000, to: 10_000_000 });
    expect(chartSpan(10_000_000, 900_000, 1)).toEqual({ from: 9_100_000, to: 10_000_000 });
    expect(chartSpan(10_000_000, 900_000, 9_500_000)).toEqual({ from: 9_500_000, to: 10_000_000 });
    expect(chartSpan(10_000_000, 900_000, 9_999_000)).toEqual({ from: 9_880_000, to: 10_000_000 });
  });
});
