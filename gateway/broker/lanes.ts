/** Those who wait, in the order in which they came; who asks little goes before who floods, and so never waits for long. */
export class Lanes<T> {
  readonly #light = new Set<T>();
  readonly #heavy = new Set<T>();

  get size(): number {
    return this.#light.size + this.#heavy.size;
  }

  has(item: T): boolean {
    return this.#light.has(item) || this.#heavy.has(item);
  }

  /** Puts in the last place of its lane whoever does not wait yet. */
  add(item: T, lane: 'light' | 'heavy'): void {
    if (this.has(item)) return;
    (lane === 'light' ? this.#light : this.#heavy).add(item);
  }

  delete(item: T): boolean {
    return this.#light.delete(item) || this.#heavy.delete(item);
  }

  /** In the order in which it is their turn. */
  *[Symbol.iterator](): Generator<T> {
    yield* this.#light;
    yield* this.#heavy;
  }
}
