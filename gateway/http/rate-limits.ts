import { Throttled } from '../access/login-throttle.ts';
import { TokenBucket } from '../broker/token-bucket.ts';

/** How often something may be asked, by one person or program, or by one address where it is a stranger. */
export const rateClasses = {
  /** A console with a dozen charts asks forty times when it opens and a few times a minute then; a dashboard of a school asks ten a second. */
  read: { perSecond: 50, burst: 500, by: 'identity' },
  /** People click; a script that sets up a school's devices makes some hundred changes. */
  write: { perSecond: 5, burst: 200, by: 'identity' },
  /** Exports and backups take the disk for seconds to minutes each. */
  costly: { perSecond: 0.2, burst: 20, by: 'identity' },
  /** A classroom behind one address opens the console at once: 60 browsers, 40 files each. */
  page: { perSecond: 200, burst: 3000, by: 'address' },
  /** The same classroom signs in. Guessing is slowed by far more (access/login-throttle.ts); this bounds what is hashed at all. */
  'sign-in': { perSecond: 2, burst: 100, by: 'address' },
  /** A device asks to be let in once, and again when it is started anew; a trolley of new boxes stands behind one address. */
  announce: { perSecond: 0.2, burst: 20, by: 'address' },
  /** While it waits it asks every three seconds what has become of that: as many as one address may have waiting, and as many again. */
  inquire: { perSecond: 7, burst: 100, by: 'address' },
  /** A box that is checked asks each second how far its measurement is; a trolley of them stands behind one address. Each box is counted by itself besides. */
  self: { perSecond: 20, burst: 200, by: 'address' },
  /** Tokens and cookies that are none: who has a right one is let in whatever others at its address try. */
  failure: { perSecond: 1, burst: 50, by: 'address' },
} as const;
export type RateClass = keyof typeof rateClasses;

/** Identities or addresses remembered for each class; the one that was heard longest ago is forgotten first. */
const KEYS_MAX = 10_000;

/** Counts requests by class and by who makes them. */
export class RateLimits {
  readonly #buckets = new Map<RateClass, Map<string, TokenBucket>>();
  readonly #monotonicMs: () => number;

  constructor(monotonicMs: () => number) {
    this.#monotonicMs = monotonicMs;
  }

  /**
   * Counts one request.
   * @param who the identity's or the address's name
   * @throws CampusError `rate_limited` (as Throttled, with the wait) when there were too many
   */
  take(rate: RateClass, who: string): void {
    const { perSecond, burst } = rateClasses[rate];
    const now = this.#monotonicMs();
    if (this.#bucket(rate, who, now).tryTake(now)) return;
    const detail = `expected at most ${burst} requests at once and ${perSecond} a second of the kind ${rate}, got more`;
    throw new Throttled(Math.ceil(1 / perSecond), detail);
  }

  #bucket(rate: RateClass, who: string, now: number): TokenBucket {
    const { perSecond, burst } = rateClasses[rate];
    const buckets = this.#buckets.get(rate) ?? new Map<string, TokenBucket>();
    this.#buckets.set(rate, buckets);
    const bucket = buckets.get(who) ?? new TokenBucket(perSecond, burst, now);
    // Set anew, it is the last to be forgotten.
    buckets.delete(who);
    buckets.set(who, bucket);
    if (buckets.size > KEYS_MAX) buckets.delete(buckets.keys().next().value ?? who);
    return bucket;
  }
}
