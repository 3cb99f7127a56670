import { CampusError } from '../../contract/errors.ts';

export interface ThrottleRule {
  /** Attempts in a row without any wait. */
  free: number;
  firstWaitMs: number;
  maxWaitMs: number;
}

/** Per address, IPv6 by /64: a school's person mistypes a few times, a guesser soon waits a quarter of an hour. */
export const addressRule: ThrottleRule = { free: 5, firstWaitMs: 1000, maxWaitMs: 15 * 60_000 };
/** Per user, over all addresses; it waits a minute at most, for else anybody could lock an administrator out. */
export const userRule: ThrottleRule = { free: 10, firstWaitMs: 1000, maxWaitMs: 60_000 };

/** Failures are forgotten after this long without another. */
const FORGET_MS = 3600_000;
/** Addresses or names remembered at most. */
const KEYS_MAX = 10_000;

/** Too many attempts: `retryAfterSeconds` says when the next one is heard. */
export class Throttled extends CampusError {
  readonly retryAfterSeconds: number;

  constructor(retryAfterSeconds: number, detail = 'too many attempts') {
    super('rate_limited', `${detail}: try again in ${retryAfterSeconds} s`);
    this.name = 'Throttled';
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

interface Attempts {
  count: number;
  lastAt: number;
}

/** Makes guessing slow: after the free attempts each further one doubles the wait. */
export class LoginThrottle {
  readonly #rule: ThrottleRule;
  readonly #attempts = new Map<string, Attempts>();

  constructor(rule: ThrottleRule) {
    this.#rule = rule;
  }

  /** How long `key` has to wait before its next attempt, ms; 0 when it may try now. */
  waitMs(key: string, now: number): number {
    const attempts = this.#attempts.get(key);
    if (attempts === undefined || attempts.count < this.#rule.free) return 0;
    const wait = Math.min(this.#rule.firstWaitMs * 2 ** (attempts.count - this.#rule.free), this.#rule.maxWaitMs);
    return Math.max(0, attempts.lastAt + wait - now);
  }

  /** Who has to wait at this moment. Times are ms. */
  waits(now: number): { key: string; failures: number; since: number; until: number }[] {
    return [...this.#attempts].flatMap(([key, { count, lastAt }]) => {
      const wait = this.waitMs(key, now);
      return wait === 0 ? [] : [{ key, failures: count, since: lastAt, until: now + wait }];
    });
  }

  /** Forgets the failures of `key`. False when it does not have to wait. */
  forgive(key: string, now: number): boolean {
    return this.waitMs(key, now) > 0 && this.#attempts.delete(key);
  }

  /** Counts an attempt as failed, before it is known, so that many at once do not slip through. */
  begin(key: string, now: number): void {
    const attempts = this.#attempts.get(key);
    const count = attempts === undefined || now - attempts.lastAt > FORGET_MS ? 0 : attempts.count;
    this.#attempts.delete(key);
    this.#attempts.set(key, { count: count + 1, lastAt: now });
    if (this.#attempts.size <= KEYS_MAX) return;
    for (const oldest of this.#attempts.keys()) {
      this.#attempts.delete(oldest);
      return;
    }
  }

  /** The attempt was right: the slate is clean. */
  succeeded(key: string): void {
    this.#attempts.delete(key);
  }
}
