import type { MeasurementProgress } from './copy-state.ts';
import type { Span } from './measure-history.ts';

export interface StoreCopyProgress {
  /** The measurement that is under way. */
  measurement: string;
  /** Points in this run and in those before it. */
  points: number;
  /** Part of the whole that is read, 0 to 1, told by time. */
  fraction: number;
  /** True when everything is written and the target brings it to its disk. */
  isSettling: boolean;
}

/** Measurements count alike, each by the part of its time that is read. */
export function progressOf(
  kept: readonly MeasurementProgress[],
  reached: MeasurementProgress,
  spans: readonly Span[],
): StoreCopyProgress {
  const current = kept.map((one) => (one.measurement === reached.measurement ? reached : one));
  const index = current.indexOf(reached);
  const parts = current.map((one, place) => {
    // What is read already and not yet on the target's disk is read all the same.
    if (one.done || place < index) return 1;
    const span = spans.find(({ measurement }) => measurement === one.measurement);
    return span === undefined ? 0 : Math.min(1, Math.max(0, (one.next - span.first) / (span.end - span.first)));
  });
  return {
    measurement: reached.measurement,
    points: current.reduce((sum, { points }) => sum + points, 0),
    fraction: parts.reduce((sum, part) => sum + part, 0) / parts.length,
    isSettling: reached.done && index === current.length - 1,
  };
}
