import { TokenBucket } from '../broker/token-bucket.ts';
import { stampLimits } from './limits.ts';

/** Why a packet was not answered. */
export type StampRefusal = 'size' | 'port' | 'source' | 'rate';

/** What is known of a packet before it is read. */
export interface Arrival {
  bytes: number;
  address: string;
  port: number;
}

/** Decides which packets are answered; all others are dropped without a word, for a word could be sent to somebody who did not ask. */
export class Admission {
  readonly #allowed: () => (address: string) => boolean;
  #isAllowed: (address: string) => boolean;
  #lookedAt: number;
  readonly #buckets = new Map<string, TokenBucket>();
  readonly #total: TokenBucket;
  readonly #ownPort: number;

  /** @param allowed looks up the networks of this machine, and says who may be answered then */
  constructor({
    allowed,
    ownPort,
    now,
  }: {
    allowed: () => (address: string) => boolean;
    ownPort: number;
    now: number;
  }) {
    this.#allowed = allowed;
    this.#isAllowed = allowed();
    this.#lookedAt = now;
    this.#ownPort = ownPort;
    this.#total = new TokenBucket(stampLimits.total.perSecond, stampLimits.total.burst, now);
  }

  /** @param now monotonic ms @returns undefined for a packet that is to be answered */
  refusalOf({ bytes, address, port }: Arrival, now: number): StampRefusal | undefined {
    if (bytes < stampLimits.packetBytesMin || bytes > stampLimits.packetBytesMax) return 'size';
    if (port < stampLimits.sourcePortMin || port === this.#ownPort) return 'port';
    if (!this.#isAllowed(address) && !this.#isAllowedNow(address, now)) return 'source';
    // One address alone must not use up what all have: its own bucket comes first.
    if (!this.#bucket(address, now).tryTake(now) || !this.#total.tryTake(now)) return 'rate';
    return undefined;
  }

  /** Looks up the networks of this machine: what has gone is not answered any more. */
  lookAgain(now: number): void {
    this.#isAllowed = this.#allowed();
    this.#lookedAt = now;
  }

  /** A network may have come since the last look: whoever is in it would see loss that there is not. */
  #isAllowedNow(address: string, now: number): boolean {
    if (now - this.#lookedAt < stampLimits.networksAgainMs) return false;
    this.lookAgain(now);
    return this.#isAllowed(address);
  }

  #bucket(address: string, now: number): TokenBucket {
    const { perSecond, burst } = stampLimits.perSource;
    const bucket = this.#buckets.get(address) ?? new TokenBucket(perSecond, burst, now);
    // Set anew, it is the last to be forgotten.
    this.#buckets.delete(address);
    this.#buckets.set(address, bucket);
    if (this.#buckets.size > stampLimits.sources) this.#buckets.delete(this.#buckets.keys().next().value ?? address);
    return bucket;
  }
}
