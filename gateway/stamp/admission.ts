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
  /** Set anew when the networks of the machine change. */
  isAllowed: (address: string) => boolean;
  readonly #buckets = new Map<string, TokenBucket>();
  readonly #total: TokenBucket;
  readonly #ownPort: number;

  constructor({ isAllowed, ownPort, now }: { isAllowed: (address: string) => boolean; ownPort: number; now: number }) {
    this.isAllowed = isAllowed;
    this.#ownPort = ownPort;
    this.#total = new TokenBucket(stampLimits.total.perSecond, stampLimits.total.burst, now);
  }

  /** @param now monotonic ms @returns undefined for a packet that is to be answered */
  refusalOf({ bytes, address, port }: Arrival, now: number): StampRefusal | undefined {
    if (bytes < stampLimits.packetBytesMin || bytes > stampLimits.packetBytesMax) return 'size';
    if (port < stampLimits.sourcePortMin || port === this.#ownPort) return 'port';
    if (!this.isAllowed(address)) return 'source';
    // One address alone must not use up what all have: its own bucket comes first.
    if (!this.#bucket(address, now).tryTake(now) || !this.#total.tryTake(now)) return 'rate';
    return undefined;
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
