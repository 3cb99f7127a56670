import type { HistoryCopyProgress } from './history-copy.ts';
import type { Span } from './measure-history.ts';

export interface StoreCopyProgress {
  /** The measurement that is under way. */
  measurement: string;
  /** Points in this run and in those before it. */
  points: number;
  /** Part of the whole that is written, 0 to 1, told by time. */
  fraction: number;
  /** True when everything is written and the target brings it to its disk. */
  isSettling: boolean;
}

/** Measurements count alike, each by the part of its time that is written. */
export function progressOf(
  { kept, written, measurement }: HistoryCopyProgress,
  spans: readonly Span[],
): StoreCopyProgress {
  const parts = written.map((one) => {
    const span = spans.find((other) => other.measurement === one.measurement);
    if (one.done || span === undefined) return one.done ? 1 : 0;
    return Math.min(1, Math.max(0, (one.next - span.first) / (span.end - span.first)));
  });
  return {
    measurement,
    points: written.reduce((sum, { points }) => sum + points, 0),
    fraction: parts.reduce((sum, part) => sum + part, 0) / parts.length,
    isSettling: written.every(({ done }) => done) && kept.some(({ done }) => !done),
  };
}
