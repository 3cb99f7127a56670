import type { Logger } from '../../runtime/log.ts';

/** How often it is looked, ms. */
export const LOOK_MS = 15_000;
/** Looks in a row that have to be quiet: a minute. */
const QUIET_LOOKS = 4;
/** The main thread works for no more than this share of a quiet time. */
const QUIET_UTILISATION = 0.25;
/** What is worth the pause: more memory than the least so far by this share, and by this much. */
const WORTHWHILE = { share: 0.1, bytes: 24 * 1024 * 1024 };
/** At most one collection in this time. */
const EVERY_MS = 2 * 60_000;

export interface GiveBackOptions {
  /** Resident memory of the process, bytes. */
  rss: () => number;
  /** Share of the time since it was last asked in which the main thread worked, 0 to 1. */
  utilisation: () => number;
  /** Collects the garbage of the threads that have much of it. */
  collect: () => Promise<void>;
  log: Pick<Logger, 'info'>;
  /** A clock that never goes back, ms. */
  elapsed: () => number;
}

/**
 * Returns to the machine what a flood, or a large question, has left behind: V8 keeps it until it needs to collect, which on a quiet day is never.
 * The gateway shares a small machine with the agent and the flows, so the memory is theirs as well.
 */
export class GiveBack {
  readonly #options: GiveBackOptions;
  #quietLooks = 0;
  /** The least since the start, or since the last collection, bytes. */
  #usual = Number.POSITIVE_INFINITY;
  /** What it was at a collection that has not been told of, bytes. */
  #before = 0;
  #nextAt = Number.NEGATIVE_INFINITY;

  constructor(options: GiveBackOptions) {
    this.#options = options;
  }

  /** To be called every `LOOK_MS`. */
  async look(): Promise<void> {
    const { rss, utilisation, elapsed } = this.#options;
    const now = rss();
    this.#usual = Math.min(this.#usual, now);
    if (utilisation() > QUIET_UTILISATION) return this.#giveUp();
    this.#quietLooks++;
    if (this.#before > 0) this.#tell(now);
    const more = now - this.#usual;
    if (this.#quietLooks < QUIET_LOOKS || elapsed() < this.#nextAt) return;
    if (more < WORTHWHILE.bytes || more < this.#usual * WORTHWHILE.share) return;
    this.#nextAt = elapsed() + EVERY_MS;
    this.#before = now;
    await this.#options.collect();
  }

  /** The next busy time has begun. */
  #giveUp(): void {
    this.#quietLooks = 0;
    this.#before = 0;
  }

  /** What could not be returned is in use: it is what is usual from now on. */
  #tell(after: number): void {
    const { log } = this.#options;
    log.info({ from_bytes: this.#before, to_bytes: after }, 'memory that a busy time had left was returned');
    this.#usual = after;
    this.#before = 0;
  }
}
