/** Of a set of durations, in its unit. */
export interface Percentiles {
  p50: number;
  p95: number;
  p99: number;
  max: number;
}

/** The values below which so many per cent lie (nearest rank); NaN of nothing. */
export function percentiles(values: readonly number[]): Percentiles {
  const sorted = Float64Array.from(values).sort();
  const at = (percent: number): number => {
    const rank = Math.max(1, Math.ceil((percent / 100) * sorted.length));
    return sorted[rank - 1] ?? Number.NaN;
  };
  return { p50: at(50), p95: at(95), p99: at(99), max: at(100) };
}
