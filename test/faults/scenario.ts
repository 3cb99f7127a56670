import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Random } from '../support/random.ts';

/** How much of it: hours in `npm run faults`, seconds in `npm test`. */
export interface Effort {
  /** Times that a process is killed. */
  kills: number;
  /** Seconds that a store is away, a disk full, a clock wrong. */
  outageSeconds: number;
  /** Seconds of load where nothing else says how long. */
  loadSeconds: number;
}

/** What a scenario has found. It is good when nothing is lost, nothing doubled and nothing in `failures`. */
export interface Outcome {
  /** Acknowledged and not stored. */
  lost: number;
  /** Stored more than once. */
  doubled: number;
  /** What else is not as it should be, in words. */
  failures: string[];
  /** Figures to report: messages, kills, times. */
  figures: Record<string, number>;
}

export interface Scenario {
  /** As `--only` takes it. */
  name: string;
  title: string;
  /** Why it cannot run on this machine; undefined when it can. */
  unable?: () => string | undefined;
  run: (run: FaultRun) => Promise<Outcome>;
}

/** One run of a scenario: its chance, its directories, and what is to be undone at its end. */
export class FaultRun {
  readonly effort: Effort;
  readonly random: Random;
  readonly say: (text: string) => void;
  readonly #undo: (() => Promise<void> | void)[] = [];
  #ended = false;

  constructor({ effort, random, say }: { effort: Effort; random: Random; say: (text: string) => void }) {
    this.effort = effort;
    this.random = random;
    this.say = say;
  }

  /** A fresh directory, removed at the end. */
  directory(): string {
    const dir = mkdtempSync(join(tmpdir(), 'campus-edge-faults-'));
    this.atEnd(() => rmSync(dir, { recursive: true, force: true, maxRetries: 3 }));
    return dir;
  }

  /** What is to be done at the end, the last first. */
  atEnd(undo: () => Promise<void> | void): void {
    this.#undo.push(undo);
  }

  /** True once somebody has asked for the end: nothing more is to be started. */
  get ended(): boolean {
    return this.#ended;
  }

  /** Undoes everything, so that the next round begins afresh. */
  async undo(): Promise<void> {
    for (const undo of this.#undo.splice(0).toReversed()) await undo();
  }

  async end(): Promise<void> {
    this.#ended = true;
    await this.undo();
  }
}

export function isGood({ lost, doubled, failures }: Outcome): boolean {
  return lost === 0 && doubled === 0 && failures.length === 0;
}
