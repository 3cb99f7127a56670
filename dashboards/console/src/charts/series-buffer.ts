/** One value of a line: time in ms since 1970, value; null where nothing was measured. */
export type LinePoint = [time: number, value: number | null];

/**
 * The values of one line over a moving window, in steps of fixed width. History comes averaged by the gateway;
 * live samples go on where it ends: within a step each counts for the time since the one before, so that the
 * running step tends to what the gateway will answer for it.
 */
export class SeriesBuffer {
  readonly #stepMs: number;
  #points: [number, number][] = [];
  /** Up to when the last step is covered by samples, ms. */
  #coveredTo = 0;

  constructor(stepMs: number) {
    this.#stepMs = stepMs;
  }

  /**
   * Replaces everything by history. Samples that came while it was on its way are newer than its end and kept.
   * @param history ascending
   * @param loadedAt when it was asked for, ms
   */
  load(history: readonly [number, number][], loadedAt: number): void {
    const end = history.at(-1)?.[0] ?? Number.NEGATIVE_INFINITY;
    const newer = this.#points.filter(([time]) => time > end);
    this.#points = [...history.map(([time, value]): [number, number] => [time, value]), ...newer];
    if (newer.length === 0) this.#coveredTo = Math.min(loadedAt, end + this.#stepMs);
  }

  /** Adds a live sample; one older than the last step is history's business and left out. */
  push(time: number, value: number): void {
    const step = Math.floor(time / this.#stepMs) * this.#stepMs;
    const last = this.#points.at(-1);
    if (last !== undefined && step < last[0]) return;
    if (last === undefined || step > last[0]) {
      this.#points.push([step, value]);
      this.#coveredTo = time;
      return;
    }
    const covered = Math.max(this.#coveredTo - step, 0);
    const added = Math.max(time - Math.max(this.#coveredTo, step), 1);
    last[1] = (last[1] * covered + value * added) / (covered + added);
    this.#coveredTo = Math.max(this.#coveredTo, time);
  }

  /** Drops what lies before `from`, ms. */
  trim(from: number): void {
    const first = this.#points.findIndex(([time]) => time >= from);
    if (first > 0) this.#points.splice(0, first);
    if (first < 0) this.#points = [];
  }

  /** The line, with a null in every gap, so that an outage is not drawn as a straight line. */
  line(): LinePoint[] {
    return withGaps(this.#points, this.#stepMs);
  }
}

/** A gap is this many usual distances without a value: one lost sample is none. */
const GAP_FACTOR = 3.5;

/**
 * Puts a null after each point that is followed by a gap.
 * @param stepMs the least distance of two points; slower samplers are known by their median distance
 */
export function withGaps(points: readonly (readonly [number, number])[], stepMs: number): LinePoint[] {
  const distances = points.slice(1).map(([time], index) => time - (points[index]?.[0] ?? time));
  const median = distances.toSorted((a, b) => a - b)[Math.floor((distances.length - 1) / 2)] ?? stepMs;
  const longest = Math.max(median, stepMs) * GAP_FACTOR;
  return points.flatMap(([time, value], index): LinePoint[] => {
    const next = points[index + 1]?.[0];
    const point: LinePoint = [time, value];
    return next !== undefined && next - time > longest ? [point, [time + stepMs, null]] : [point];
  });
}
