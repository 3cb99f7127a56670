import type { AuditInput } from './audit.ts';
import { textBounds } from './bounded-text.ts';
import { RefusalBudget } from './refusal-budget.ts';
import { REPEAT_WINDOW_MS, type RepeatCount, RepeatWindow } from './repeat-window.ts';

/** Different refusals that get a row of their own within a minute. */
const OWN_PER_WINDOW = 60;
/** Refusals beyond share a row per action for this long: some actions, 24 times a day, are the least that still tells when it was. */
const SHARED_WINDOW_MS = 3600 * 1000;
/** More than there are actions. */
const SHARED_KEYS_MAX = 100;
/** Stands for the many in a shared row. */
const MANY = '*';

/**
 * Which refusals get a row: the first of a kind within a minute, while there is room. Repeats are counted on it. Without room an action has one row
 * an hour for all of them: an attack fills neither the log nor the disk, and every refusal counts.
 */
export class RefusalCounts {
  readonly #own = new RepeatWindow(2 * OWN_PER_WINDOW);
  readonly #shared = new RepeatWindow(SHARED_KEYS_MAX, SHARED_WINDOW_MS);
  readonly #budget = new RefusalBudget();

  /** Counts a refusal. @param insert adds a row and gives its id */
  record(input: AuditInput, now: number, insert: (row: AuditInput) => number): void {
    const key = keyOf(input);
    if (this.#own.repeat(key, now)) return;
    if (this.#own.openKeys(now) < OWN_PER_WINDOW && this.#budget.take(input.address, now)) {
      this.#own.start(key, insert(input), now);
      return;
    }
    if (this.#shared.repeat(input.action, now)) return;
    const many = { actor: MANY, address: MANY, target: MANY, detail: 'further refusals, too many to list' };
    this.#shared.start(input.action, insert({ ...input, ...many }), now);
  }

  /** What was counted on a row and is not written yet. */
  pending(id: number): RepeatCount | undefined {
    return this.#own.pending(id) ?? this.#shared.pending(id);
  }

  /** Hands out the counts that have gathered for long enough, or all of them. */
  writeCounts(write: (count: RepeatCount) => void, now: number, all: boolean): void {
    this.#own.writeCounts(write, all ? Number.POSITIVE_INFINITY : now - REPEAT_WINDOW_MS);
    this.#shared.writeCounts(write, all ? Number.POSITIVE_INFINITY : now - SHARED_WINDOW_MS);
  }
}

function keyOf({ actor, address, action, target, outcome }: AuditInput): string {
  return JSON.stringify([actor, address, action, target ?? '', outcome].map((part) => part.slice(0, textBounds.topic)));
}
