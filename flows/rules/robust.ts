/** Scales a median absolute deviation to the standard deviation of a normal distribution. */
export const MAD_TO_SIGMA = 1.4826;

/** The median; NaN of nothing. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

/** The median of the distances from `centre`: half of the values lie within it, however wild the others are. */
export function medianDeviation(values: readonly number[], centre: number): number {
  return median(values.map((value) => Math.abs(value - centre)));
}

/** A value at a time, ms since 1970. */
export type TimedValue = readonly [time: number, value: number];

export interface Trend {
  /** The median of the slopes between all pairs (Theil 1950, Sen 1968), a ms: three in ten values may be wrong. */
  slope: number;
  /** The share of the pairs, 0 to 1, that go the same way as the slope: chance gives a half. */
  agreement: number;
}

/** The robust trend of values at different times; undefined with fewer than two. */
export function trendOf(points: readonly TimedValue[]): Trend | undefined {
  const slopes: number[] = [];
  for (const [index, [time, value]] of points.entries()) {
    for (const [laterTime, laterValue] of points.slice(index + 1)) {
      if (laterTime > time) slopes.push((laterValue - value) / (laterTime - time));
    }
  }
  if (slopes.length === 0) return undefined;
  const slope = median(slopes);
  const sign = Math.sign(slope);
  return { slope, agreement: slopes.filter((each) => Math.sign(each) === sign).length / slopes.length };
}
