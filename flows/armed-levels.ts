import { Type } from 'typebox';
import { Compile } from 'typebox/compile';
import type { Logger } from '../runtime/log.ts';
import { readJsonFile, writeJsonFile } from './json-file.ts';
import { STATES_PER_RULE } from './rules/keyed-states.ts';
import type { ArmedLevels } from './rules/threshold-rule.ts';

/** Levels by rule and by what the rule watches; see `ThresholdSettings.armAt`. */
const LevelsByRule = Type.Record(Type.String(), Type.Record(Type.String(), Type.Number()));
const validator = Compile(LevelsByRule);

/** How long changes are gathered before they are written, ms: many devices arm at once when a site starts. */
const GATHER_MS = 1000;

/**
 * The armed levels of all rules, kept across restarts in a small file that is written only when one changes: a box that lost its IPv6
 * while this process was away must still be missed.
 */
export class ArmedLevelsFile {
  readonly #path: string;
  readonly #log: Logger;
  readonly #rules: Map<string, Map<string, number>>;
  #timer: NodeJS.Timeout | undefined;

  constructor(path: string, log: Logger) {
    this.#path = path;
    this.#log = log;
    const rules = readJsonFile(path, validator, log) ?? {};
    this.#rules = new Map(Object.entries(rules).map(([rule, levels]) => [rule, new Map(Object.entries(levels))]));
  }

  /** The levels of one rule. */
  of(rule: string): ArmedLevels {
    return {
      get: (key) => this.#rules.get(rule)?.get(key),
      set: (key, level) => this.#set(rule, key, level),
      delete: (key) => {
        if (this.#rules.get(rule)?.delete(key)) this.#changed();
      },
    };
  }

  /** Writes what has changed since the last time. */
  close(): void {
    if (this.#timer !== undefined) this.#write();
  }

  #set(rule: string, key: string, level: number): void {
    const levels = this.#rules.get(rule) ?? new Map<string, number>();
    this.#rules.set(rule, levels);
    const [oldest] = levels.keys();
    if (!levels.has(key) && oldest !== undefined && levels.size >= STATES_PER_RULE) levels.delete(oldest);
    levels.set(key, level);
    this.#changed();
  }

  #changed(): void {
    this.#timer ??= setTimeout(() => this.#write(), GATHER_MS);
  }

  #write(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const levels = Object.fromEntries([...this.#rules].map(([rule, byKey]) => [rule, Object.fromEntries(byKey)]));
    try {
      writeJsonFile(this.#path, levels);
    } catch (error) {
      // A full disk must not stop the alerts; the next change tries again.
      this.#log.error({ err: error, file: this.#path }, 'the armed levels could not be written');
    }
  }
}
