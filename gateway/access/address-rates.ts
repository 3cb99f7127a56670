import { TokenBucket } from '../broker/token-bucket.ts';
import { addressBlock, isLoopback } from './network-address.ts';

export interface Rate {
  perSecond: number;
  burst: number;
}

/** Addresses whose rate is remembered; the one that was heard longest ago is forgotten first. */
const ADDRESSES_MAX = 10_000;

/** Counts what comes from each address. */
export class AddressRates {
  readonly #rate: Rate;
  readonly #fromHere: Rate;
  readonly #now: () => number;
  readonly #buckets = new Map<string, TokenBucket>();

  /**
   * @param rate of one address
   * @param fromHere of this very machine
   * @param now monotonic, ms
   */
  constructor({ rate, fromHere, now }: { rate: Rate; fromHere: Rate; now: () => number }) {
    this.#rate = rate;
    this.#fromHere = fromHere;
    this.#now = now;
  }

  /** Counts one that has come from an address. @returns false for one too many */
  tryTake(address: string): boolean {
    const now = this.#now();
    const block = addressBlock(address);
    const { perSecond, burst } = this.rateOf(address);
    const bucket = this.#buckets.get(block) ?? new TokenBucket(perSecond, burst, now);
    // Set anew, it is the last to be forgotten.
    this.#buckets.delete(block);
    this.#buckets.set(block, bucket);
    if (this.#buckets.size > ADDRESSES_MAX) this.#buckets.delete(this.#buckets.keys().next().value ?? block);
    return bucket.tryTake(now);
  }

  /** What an address may. */
  rateOf(address: string): Rate {
    return isLoopback(address) ? this.#fromHere : this.#rate;
  }
}
