import type { Host } from '../host/host.ts';

/**
 * The kernel slews wall and monotonic clock alike (adjtimex(2)): their difference changes by steps alone. Half the shortest interval of
 * a collector is far above what reading them under load costs, and a smaller step leaves the samples in their order.
 */
export const STEP_MS = 500;
/** Reading the two clocks takes microseconds, unless something else ran in between: then they are read again. */
const READ_WITHIN_MS = 5;
const READ_ATTEMPTS = 5;

/** This machine's wall clock, looked at from its monotonic one. */
export class OwnClock {
  readonly #host: Pick<Host, 'now' | 'monotonicMs'>;
  /** The wall clock less the monotonic one, ms, at the last look. */
  offset: number;
  /** Steps seen so far. */
  steps = 0;

  constructor(host: Pick<Host, 'now' | 'monotonicMs'>) {
    this.#host = host;
    this.offset = this.#read();
  }

  /** Looks again. @returns by how many ms the wall clock was stepped since the last look; 0 when it was not */
  look(): number {
    const before = this.offset;
    this.offset = this.#read();
    const change = this.offset - before;
    if (Math.abs(change) < STEP_MS) return 0;
    this.steps += 1;
    return change;
  }

  /** From the closest pair of readings. */
  #read(): number {
    const { now, monotonicMs } = this.#host;
    let best = { offset: 0, took: Number.POSITIVE_INFINITY };
    for (let attempt = 0; attempt < READ_ATTEMPTS && best.took > READ_WITHIN_MS; attempt++) {
      const before = monotonicMs();
      const wall = now();
      const took = monotonicMs() - before;
      if (took < best.took) best = { offset: wall - before - took / 2, took };
    }
    return best.offset;
  }
}
