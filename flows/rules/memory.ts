import type { RememberedDevice } from './absence-memory.ts';
import type { RememberedChanges } from './flapping.ts';
import type { RememberedParts } from './forecast.ts';
import type { Seasons } from './seasons.ts';

/** What one rule remembers across restarts, by state key. */
export interface Memory<M> {
  get(key: string): M | undefined;
  set(key: string, value: M): void;
  delete(key: string): void;
  entries(): Iterable<[string, M]>;
}

/** What all rules of a kind remember. */
interface MemoryOfKind<M> {
  of(rule: string): Memory<M>;
}

/** What rules remember, by kind. */
export interface Memories {
  /** Thresholds: the highest level that a value has reached. */
  readonly armedLevels: MemoryOfKind<number>;
  readonly absences: MemoryOfKind<RememberedDevice>;
  /** Changes of state: the normal one. */
  readonly states: MemoryOfKind<string>;
  readonly changes: MemoryOfKind<RememberedChanges>;
  readonly seasons: MemoryOfKind<Seasons>;
  readonly trends: MemoryOfKind<RememberedParts>;
}

/** The memory of a rule that begins anew with each run. */
export function forgetful(): Memory<never> {
  return { get: () => undefined, set: () => undefined, delete: () => undefined, entries: () => [] };
}
