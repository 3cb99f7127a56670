import type { Interval } from './rollup-sql.ts';

/** The steps of a roll-up, by their number since 1970, that do not hold what their table's points say: nobody may read them. */
export class StaleSteps {
  readonly #widthMs: number;
  readonly #steps = new Set<number>();

  constructor(widthMs: number) {
    this.#widthMs = widthMs;
  }

  /** Marks the step of a moment. @returns its number when it was not marked */
  add(timeMs: number): number | undefined {
    const step = Math.floor(timeMs / this.#widthMs);
    if (this.#steps.has(step)) return undefined;
    this.#steps.add(step);
    return step;
  }

  addStep(step: number): void {
    this.#steps.add(step);
  }

  delete(step: number): void {
    this.#steps.delete(step);
  }

  /** The marked steps that ended before a moment, as intervals of steps next to one another, ms. */
  endedBefore(timeMs: number): Interval[] {
    const ended = [...this.#steps].filter((step) => (step + 1) * this.#widthMs <= timeMs);
    return joined(ended, this.#widthMs);
  }

  /** The marked steps that touch an interval. */
  within({ start, end }: Interval): Interval[] {
    const touched = [...this.#steps].filter((step) => (step + 1) * this.#widthMs > start && step * this.#widthMs < end);
    return joined(touched, this.#widthMs);
  }

  /** Takes the marks of an interval away. */
  clear({ start, end }: Interval): void {
    for (let step = start / this.#widthMs; step < end / this.#widthMs; step++) this.#steps.delete(step);
  }
}

function joined(steps: number[], widthMs: number): Interval[] {
  const intervals: Interval[] = [];
  for (const step of steps.sort((a, b) => a - b)) {
    const last = intervals.at(-1);
    if (last?.end === step * widthMs) last.end += widthMs;
    else intervals.push({ start: step * widthMs, end: (step + 1) * widthMs });
  }
  return intervals;
}

/** What of an interval lies in none of the others, which are apart and in order. */
export function without({ start, end }: Interval, others: readonly Interval[]): Interval[] {
  const left: Interval[] = [];
  let from = start;
  for (const other of others) {
    if (other.start > from) left.push({ start: from, end: Math.min(other.start, end) });
    from = Math.max(from, other.end);
  }
  if (from < end) left.push({ start: from, end });
  return left.filter((interval) => interval.start < interval.end);
}
