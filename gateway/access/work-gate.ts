import { CampusError } from '../../contract/errors.ts';

export interface WorkGateLimits {
  /** Jobs that run at once. */
  running: number;
  /** Jobs that wait at most; further ones are refused. */
  waiting: number;
}

/** Hashing passwords of people: 128 MiB each, so one at a time; 16 that wait are some 7 s, longer than anybody does. */
export const passwordGateLimits: WorkGateLimits = { running: 1, waiting: 16 };

/**
 * Checking secrets of devices that were hashed with work factors, of which new ones have none: 4 MiB each. Two at once leave two of libuv's four
 * threads to the disk; the 512 that wait are every device of a large school returning after a restart, done within 3 s. A waiting job costs a
 * closure, so a flood is bounded too.
 */
export const secretGateLimits: WorkGateLimits = { running: 2, waiting: 512 };

/**
 * Making certificates: a process of its own each, which takes a Raspberry Pi two seconds. Those that wait are answered within the half minute that a
 * request may take; a box that is refused comes again.
 */
export const certificateGateLimits: WorkGateLimits = { running: 1, waiting: 12 };

/** Lets a bounded number of expensive jobs run, a bounded number wait, and refuses the rest. */
export class WorkGate {
  readonly #limits: WorkGateLimits;
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  constructor(limits: WorkGateLimits) {
    this.#limits = limits;
  }

  /** Runs `work` when its turn comes. @throws CampusError `rate_limited` at once when too many wait */
  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#running >= this.#limits.running) {
      if (this.#waiting.length >= this.#limits.waiting) {
        throw new CampusError(
          'rate_limited',
          `expected at most ${this.#limits.waiting} to wait for their turn, got more: try again in a few seconds`,
        );
      }
      // The one that finishes hands its place over, so `running` does not change in between.
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    } else {
      this.#running += 1;
    }
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#running -= 1;
      else next();
    }
  }
}
