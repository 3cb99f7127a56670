import { type Walk, walks } from './machine-metrics.ts';

/** The values of one device's fields, by the place of the field's walk and the sample's number. */
export interface FieldValues {
  at(walk: number, sequence: number): string;
}

/** Values in a pool: a power of two, so that an index is cut by a mask. */
const POOL = 1024;

/** Steps between the places where two devices, and two fields, begin in their pools: primes, so that none follow the same course. */
const DEVICE_STRIDE = 389;
const WALK_STRIDE = 13;

let pools: readonly (readonly string[])[] | undefined;

/** Walks made beforehand, for a generator that may cost little: each device takes another course through the same pools. */
export class PooledValues implements FieldValues {
  readonly #start: number;

  /** @param device its number, from 0 */
  constructor(device: number) {
    this.#start = device * DEVICE_STRIDE;
    pools ??= walks.map((walk, index) => {
      const next = walker(walk, randomNumbers(index + 1));
      return Array.from({ length: POOL }, next);
    });
  }

  at(walk: number, sequence: number): string {
    return pools?.[walk]?.[(this.#start + walk * WALK_STRIDE + sequence) & (POOL - 1)] ?? '';
  }
}

/** Walks of the device's own that never repeat, for measurements of how well a store packs them. Sequences must not go back. */
export class WalkedValues implements FieldValues {
  readonly #walkers: readonly (() => string)[];
  #values: readonly string[] = [];
  #sequence = 0;

  /** @param device its number, from 0; the same number walks the same way again */
  constructor(device: number) {
    const random = randomNumbers(device + 1);
    this.#walkers = walks.map((walk) => walker(walk, random));
  }

  at(walk: number, sequence: number): string {
    if (sequence !== this.#sequence) {
      this.#sequence = sequence;
      this.#values = this.#walkers.map((next) => next());
    }
    return this.#values[walk] ?? '';
  }
}

function walker({ low, high, decimals }: Walk, random: () => number): () => string {
  let value = low + random() * (high - low);
  return () => {
    value = Math.min(high, Math.max(low, value + (random() - 0.5) * (high - low) * 0.05));
    return value.toFixed(decimals);
  };
}

/** Numbers from 0 to 1 that a seed repeats: xorshift32 (Marsaglia, Xorshift RNGs, 2003). @param seed above 0 */
export function randomNumbers(seed: number): () => number {
  let state = Math.imul(seed, 0x9e3779b1) | 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}
