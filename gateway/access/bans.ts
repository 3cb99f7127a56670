import { addressBlock } from './network-address.ts';

export interface BanRule {
  /** Failed log-ins of one address within `withinMs` that begin a ban. */
  failures: number;
  withinMs: number;
  /** The first ban; each further one is twice as long, up to `longestMs`. */
  firstMs: number;
  longestMs: number;
  /** An address that was quiet for this long begins anew. */
  forgetMs: number;
  /** Addresses remembered; the one that failed longest ago is forgotten first. */
  addresses: number;
}

/**
 * For MQTT. A device that was given a wrong password tries every few seconds, and thirty such may sit behind one address; a guesser of 192 random bits
 * gains nothing in any case: a ban only saves answers, log and audit.
 */
export const mqttBanRule: BanRule = {
  failures: 60,
  withinMs: 60_000,
  firstMs: 60_000,
  longestMs: 3600_000,
  forgetMs: 24 * 3600_000,
  addresses: 10_000,
};

/** An address whose failed log-ins are not answered any more. Times are ms. */
export interface Ban {
  /** An IPv4 address or an IPv6 /64. */
  address: string;
  since: number;
  until: number;
  /** Failed log-ins since the address is remembered. */
  failures: number;
}

interface Failures {
  windowFrom: number;
  inWindow: number;
  total: number;
  lastAt: number;
  bans: number;
  ban: { since: number; until: number } | undefined;
}

/**
 * Remembers which addresses fail to log in. A ban is for failures only: right credentials are let in from a banned address too, and who is connected
 * stays. A classroom behind one address so suffers nothing from the one among it who tries passwords.
 */
export class Bans {
  readonly #rule: BanRule;
  readonly #now: () => number;
  readonly #addresses = new Map<string, Failures>();

  constructor(rule: BanRule, now: () => number) {
    this.#rule = rule;
    this.#now = now;
  }

  /** Counts a failed log-in. @returns whether it began a ban, fell into one, or neither */
  failed(address: string): 'counted' | 'ban-begins' | 'banned' {
    const now = this.#now();
    const block = addressBlock(address);
    const entry = this.#entry(block, now);
    entry.total += 1;
    entry.lastAt = now;
    if (isBanned(entry, now)) return 'banned';
    if (now - entry.windowFrom >= this.#rule.withinMs || now < entry.windowFrom) {
      entry.windowFrom = now;
      entry.inWindow = 0;
    }
    entry.inWindow += 1;
    if (entry.inWindow < this.#rule.failures) return 'counted';
    const lastsMs = Math.min(this.#rule.firstMs * 2 ** entry.bans, this.#rule.longestMs);
    entry.ban = { since: now, until: now + lastsMs };
    entry.bans += 1;
    entry.inWindow = 0;
    return 'ban-begins';
  }

  /** The bans that hold, the newest first. */
  list(): Ban[] {
    const now = this.#now();
    return [...this.#addresses]
      .flatMap(([address, entry]) =>
        isBanned(entry, now) && entry.ban !== undefined ? [{ address, ...entry.ban, failures: entry.total }] : [],
      )
      .sort((a, b) => b.since - a.since);
  }

  /** Ends a ban and forgets what led to it. False when there is none. @param block as `list` shows it */
  lift(block: string): boolean {
    const entry = this.#addresses.get(block);
    if (entry === undefined || !isBanned(entry, this.#now())) return false;
    return this.#addresses.delete(block);
  }

  #entry(block: string, now: number): Failures {
    const known = this.#addresses.get(block);
    const fresh = { windowFrom: now, inWindow: 0, total: 0, lastAt: now, bans: 0, ban: undefined };
    const entry = known === undefined || now - known.lastAt > this.#rule.forgetMs ? fresh : known;
    // Set anew, it is the last to be forgotten.
    this.#addresses.delete(block);
    this.#addresses.set(block, entry);
    if (this.#addresses.size > this.#rule.addresses) {
      const oldest = this.#addresses.keys().next();
      if (oldest.done !== true) this.#addresses.delete(oldest.value);
    }
    return entry;
  }
}

/** A clock that is set back ends a ban: nobody is kept out for as long as it was wrong. */
function isBanned({ ban }: Failures, now: number): boolean {
  return ban !== undefined && now >= ban.since && now < ban.until;
}
