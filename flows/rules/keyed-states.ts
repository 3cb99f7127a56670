import { limits } from '../../contract/limits.ts';

/** States one rule keeps: an interface or mount of every series a site may have would be the worst case; a fifth of it is plenty. */
export const STATES_PER_RULE = limits.seriesPerSite / 5;

/** Names one state of a rule: a device and what is watched within it. A device's id holds no slash, a subject may. */
export function stateKey(device: string, subject: string): string {
  return `${device}/${subject}`;
}

/** The device and subject of a key that `stateKey` built. */
export function splitStateKey(key: string): { device: string; subject: string } {
  const slash = key.indexOf('/');
  return { device: key.slice(0, slash), subject: key.slice(slash + 1) };
}

/**
 * The states of one rule by key, at most `limit` of them: the one that was heard of the longest ago goes first.
 * A state with an open alert goes last, for nobody else would ever clear that alert.
 */
export class KeyedStates<S extends { readonly open: boolean }> {
  readonly #limit: number;
  readonly #states = new Map<string, S>();
  #open = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get size(): number {
    return this.#states.size;
  }

  /** How many have an open alert. */
  get openCount(): number {
    return this.#open;
  }

  get(key: string): S | undefined {
    return this.#states.get(key);
  }

  /** Stores a state that was just heard of, making room when there is none. */
  touch(key: string, state: S): void {
    const before = this.#states.get(key);
    if (before !== undefined) this.delete(key);
    else if (this.#states.size >= this.#limit) this.#dropOldest();
    this.#states.set(key, state);
    if (state.open) this.#open += 1;
  }

  /** Stores the state of a known key without counting it as heard of; safe while going through `entries`. */
  replace(key: string, state: S): void {
    const before = this.#states.get(key);
    if (before === undefined) return;
    this.#states.set(key, state);
    this.#open += Number(state.open) - Number(before.open);
  }

  delete(key: string): void {
    if (this.#states.get(key)?.open) this.#open -= 1;
    this.#states.delete(key);
  }

  /** Keys and states, the ones heard of the longest ago first. */
  entries(): IterableIterator<[string, S]> {
    return this.#states.entries();
  }

  #dropOldest(): void {
    let oldest: string | undefined;
    for (const [key, { open }] of this.#states) {
      oldest ??= key;
      if (open) continue;
      oldest = key;
      break;
    }
    if (oldest !== undefined) this.delete(oldest);
  }
}
