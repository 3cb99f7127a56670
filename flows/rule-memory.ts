import { type Static, type TSchema, Type } from '#typebox';
import { Compile } from '#typebox/compile';
import type { Logger } from '../runtime/log.ts';
import { readJsonFile, writeJsonFile } from './json-file.ts';
import { RememberedDevice } from './rules/absence-memory.ts';
import { STATES_PER_RULE } from './rules/keyed-states.ts';

/** How long changes are gathered before they are written, ms: many devices change at once when a site starts. */
const GATHER_MS = 1000;

/** What one rule remembers across restarts, by key. */
export interface RuleMemory<V> {
  get(key: string): V | undefined;
  set(key: string, value: V): void;
  delete(key: string): void;
  entries(): Iterable<[string, V]>;
}

/** What all rules of a kind remember, in a small file that is written only when something changes. */
export class RuleMemoryFile<V> {
  readonly #path: string;
  readonly #log: Logger;
  readonly #rules: Map<string, Map<string, V>>;
  #timer: NodeJS.Timeout | undefined;

  /** @param rules what the file holds, by rule and key */
  constructor(path: string, rules: Readonly<Record<string, Readonly<Record<string, V>>>>, log: Logger) {
    this.#path = path;
    this.#log = log;
    this.#rules = new Map(Object.entries(rules).map(([rule, values]) => [rule, new Map(Object.entries(values))]));
  }

  of(rule: string): RuleMemory<V> {
    return {
      get: (key) => this.#rules.get(rule)?.get(key),
      set: (key, value) => this.#set(rule, key, value),
      delete: (key) => {
        if (this.#rules.get(rule)?.delete(key)) this.#changed();
      },
      entries: () => this.#rules.get(rule)?.entries() ?? [],
    };
  }

  /** Writes what has changed since the last time. */
  close(): void {
    if (this.#timer !== undefined) this.#write();
  }

  #set(rule: string, key: string, value: V): void {
    const values = this.#rules.get(rule) ?? new Map<string, V>();
    this.#rules.set(rule, values);
    const [oldest] = values.keys();
    if (!values.has(key) && oldest !== undefined && values.size >= STATES_PER_RULE) values.delete(oldest);
    values.set(key, value);
    this.#changed();
  }

  #changed(): void {
    this.#timer ??= setTimeout(() => this.#write(), GATHER_MS);
  }

  #write(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const rules = Object.fromEntries([...this.#rules].map(([rule, byKey]) => [rule, Object.fromEntries(byKey)]));
    try {
      writeJsonFile(this.#path, rules);
    } catch (error) {
      // A full disk must not stop the alerts; the next change tries again.
      this.#log.error({ err: error, file: this.#path }, 'what the rules remember could not be written');
    }
  }
}

/** The armed levels of the threshold rules: a box that lost its IPv6 while this process was away must still be missed. */
export function openArmedLevels(path: string, log: Logger): RuleMemoryFile<number> {
  return open(path, Type.Number(), log);
}

/** What the absence rules have learned: a device that never says whether it is online may fall silent while this process is away. */
export function openAbsences(path: string, log: Logger): RuleMemoryFile<RememberedDevice> {
  return open(path, RememberedDevice, log);
}

function open<S extends TSchema>(path: string, value: S, log: Logger): RuleMemoryFile<Static<S>> {
  const validator = Compile(Type.Record(Type.String(), Type.Record(Type.String(), value)));
  return new RuleMemoryFile<Static<S>>(path, readJsonFile(path, validator, log) ?? {}, log);
}
