import { type Static, type TSchema, Type } from '#typebox';
import { Compile } from '#typebox/compile';
import { writePrivateFile } from '../runtime/home.ts';
import type { Logger } from '../runtime/log.ts';
import type { FlowsFiles } from './files.ts';
import { readJsonFile } from './json-file.ts';
import { RememberedDevice } from './rules/absence-memory.ts';
import { BASELINES_PER_RULE } from './rules/baseline.ts';
import { RememberedState } from './rules/change-of-state.ts';
import { RememberedChanges } from './rules/flapping.ts';
import { RememberedParts } from './rules/forecast.ts';
import { STATES_PER_RULE } from './rules/keyed-states.ts';
import type { Memories, Memory } from './rules/memory.ts';
import { Seasons } from './rules/seasons.ts';

/** How long changes are gathered before they are written, ms: many devices change at once when a site starts. */
const GATHER_MS = 1000;

export interface MemoryBounds {
  /** How long changes are gathered before they are written, ms. */
  gatherMs?: number;
  /** Keys of one rule: the one that was new the longest ago goes first. */
  keysMax?: number;
}

interface MemoryFileOptions<V> extends MemoryBounds {
  path: string;
  /** What the file holds, by rule and key. */
  rules: Readonly<Record<string, Readonly<Record<string, V>>>>;
  log: Logger;
}

/** What all rules of a kind remember, in a small file that is written only when something changes. */
export class RuleMemoryFile<V> {
  readonly #path: string;
  readonly #log: Logger;
  readonly #gatherMs: number;
  readonly #keysMax: number;
  readonly #rules: Map<string, Map<string, V>>;
  #timer: NodeJS.Timeout | undefined;

  constructor({ path, rules, log, gatherMs = GATHER_MS, keysMax = STATES_PER_RULE }: MemoryFileOptions<V>) {
    this.#path = path;
    this.#log = log;
    this.#gatherMs = gatherMs;
    this.#keysMax = keysMax;
    this.#rules = new Map(Object.entries(rules).map(([rule, values]) => [rule, new Map(Object.entries(values))]));
  }

  of(rule: string): Memory<V> {
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
    if (!values.has(key) && oldest !== undefined && values.size >= this.#keysMax) values.delete(oldest);
    values.set(key, value);
    this.#changed();
  }

  #changed(): void {
    this.#timer ??= setTimeout(() => this.#write(), this.#gatherMs);
  }

  #write(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const rules = Object.fromEntries([...this.#rules].map(([rule, byKey]) => [rule, Object.fromEntries(byKey)]));
    try {
      writePrivateFile(this.#path, `${JSON.stringify(rules)}\n`);
    } catch (error) {
      // A full disk must not stop the alerts; the next change tries again.
      this.#log.error({ err: error, file: this.#path }, 'what the rules remember could not be written');
    }
  }
}

/** What all rules remember, each kind in its file. */
export interface MemoryFiles extends Memories {
  /** Writes what has changed since the last time. */
  close(): void;
}

/** Opens what the rules of an earlier run have learned: what happens while this process is away must still be noticed. */
export function openMemories({ memories: paths }: Pick<FlowsFiles, 'memories'>, log: Logger): MemoryFiles {
  const armedLevels = open(paths.armedLevels, Type.Number(), log);
  const absences = open(paths.absences, RememberedDevice, log);
  const states = open(paths.states, RememberedState, log);
  const changes = open(paths.changes, RememberedChanges, log);
  // Large, and changing by the hour: what is lost with the power is one hour of four weeks.
  const seasons = open(paths.seasons, Seasons, log, { gatherMs: 60_000, keysMax: BASELINES_PER_RULE });
  const trends = open(paths.trends, RememberedParts, log, { gatherMs: 60_000 });
  const files = [armedLevels, absences, states, changes, seasons, trends];
  return {
    ...{ armedLevels, absences, states, changes, seasons, trends },
    close: () => {
      for (const file of files) file.close();
    },
  };
}

function open<S extends TSchema>(
  path: string,
  value: S,
  log: Logger,
  bounds: MemoryBounds = {},
): RuleMemoryFile<Static<S>> {
  const validator = Compile(Type.Record(Type.String(), Type.Record(Type.String(), value)));
  return new RuleMemoryFile<Static<S>>({ path, rules: readJsonFile(path, validator, log) ?? {}, log, ...bounds });
}
