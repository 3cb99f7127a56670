import { limits } from '../../contract/limits.ts';
import { type TimeBounds, timeBounds } from '../../contract/telemetry.ts';

/** No sample is of later, whatever the gateway's clock says, ms: some stores hold no time much beyond. */
const LAST_MS = Date.UTC(2100, 0, 1);

export interface SampleTimesOptions {
  /** Wall clock, ms. */
  now: () => number;
  /** A clock that nobody sets, ms. */
  monotonicMs: () => number;
  /** The latest time that earlier runs of the gateway have known, ms; 0 when there was none. */
  furthest: number;
}

/**
 * Which times the gateway takes for possible. What it refuses is acknowledged and gone, so its own clock must not be at fault: where that
 * has been set to another time, both times count, and where it plainly is not set, samples may be of any time from now on.
 */
export class SampleTimes {
  readonly #options: SampleTimesOptions;
  /** The wall clock less the monotonic one, lowest and highest since the start: they differ when the wall clock was set. */
  #lowest = Number.POSITIVE_INFINITY;
  #highest = Number.NEGATIVE_INFINITY;

  constructor(options: SampleTimesOptions) {
    this.#options = options;
  }

  bounds(): TimeBounds {
    const { now, monotonicMs, furthest } = this.#options;
    const wall = now();
    if (wall < limits.earliestMs) return { earliest: limits.earliestMs, latest: LAST_MS };
    const steady = monotonicMs();
    this.#lowest = Math.min(this.#lowest, wall - steady);
    this.#highest = Math.max(this.#highest, wall - steady);
    const { earliest } = timeBounds(this.#lowest + steady);
    // A clock behind what was known before the start is wrong, or was: by how much, nobody knows.
    const isBehind = wall < furthest - limits.futureMs;
    return { earliest, latest: isBehind ? LAST_MS : timeBounds(this.#highest + steady).latest };
  }
}
