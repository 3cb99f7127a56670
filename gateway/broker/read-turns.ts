import { Lanes } from './lanes.ts';

export interface ReadTurnsLimits {
  /** Bytes read from one client before it is the others' turn, and from all of them in one turn: many get less each, down to `bytesAtLeast`. */
  bytesAtOnce: number;
  bytesATurn: number;
  bytesAtLeast: number;
  /** How long a turn may take of the thread, ms: messages cost by what is in them as well as by their bytes. */
  turnMs: number;
}

/** Somebody who is read. */
export interface TurnTaker {
  /** Reads on, where it was told that there was nothing. */
  resume: () => void;
}

/**
 * Has clients read in turns of the event loop: each once in a turn and only so much, and all together no longer than is good for whoever waits for an
 * acknowledgement, a page or a commit. Node.js by itself would go on with what has come of one flood until nothing is left of it.
 */
export class ReadTurns<T extends TurnTaker> {
  readonly #limits: ReadTurnsLimits;
  readonly #now: () => number;
  readonly #waiting = new Lanes<T>();
  /** Those who have read in this turn. */
  readonly #served = new Set<T>();
  /** Those who had sent more than they were let read, when they were read last. */
  readonly #flooding = new WeakSet<T>();
  #servedBefore = 0;
  #bytes = 0;
  #begunAt: number | undefined;

  /** @param now monotonic, ms */
  constructor(limits: ReadTurnsLimits, now: () => number) {
    this.#limits = limits;
    this.#now = now;
  }

  /** True for who has been told to wait for the next turn. */
  isWaiting(reader: T): boolean {
    return this.#waiting.has(reader);
  }

  /**
   * Takes a share of this turn.
   * @param available bytes that have come of this reader
   * @returns how many of them it may read; 0 when it has to wait, and then it is resumed
   */
  take(reader: T, available: number): number {
    this.#begin();
    if (this.#served.has(reader) || this.#isOver()) {
      this.#wait(reader);
      return 0;
    }
    this.#served.add(reader);
    this.#waiting.delete(reader);
    const bytes = Math.min(available, this.#share());
    this.#bytes += bytes;
    if (bytes < available) this.#flooding.add(reader);
    else this.#flooding.delete(reader);
    // Nobody else tells that there is more which has come already.
    if (bytes < available) this.#wait(reader);
    return bytes;
  }

  /** The reader is gone. */
  forget(reader: T): void {
    this.#waiting.delete(reader);
    this.#served.delete(reader);
  }

  #wait(reader: T): void {
    this.#waiting.add(reader, this.#flooding.has(reader) ? 'heavy' : 'light');
  }

  #isOver(): boolean {
    const { bytesATurn, turnMs } = this.#limits;
    return this.#bytes >= bytesATurn || this.#now() - (this.#begunAt ?? 0) >= turnMs;
  }

  /** What one client may have of a turn: the more of them send, the less each, so that whoever sends little need not wait long for its own. */
  #share(): number {
    const { bytesAtOnce, bytesATurn, bytesAtLeast } = this.#limits;
    const readers = Math.max(this.#served.size, this.#servedBefore, this.#waiting.size);
    return Math.min(bytesAtOnce, Math.max(bytesAtLeast, Math.floor(bytesATurn / readers)));
  }

  #begin(): void {
    if (this.#begunAt !== undefined) return;
    this.#begunAt = this.#now();
    setImmediate(() => this.#next());
  }

  #next(): void {
    this.#servedBefore = this.#served.size;
    this.#served.clear();
    this.#bytes = 0;
    this.#begunAt = undefined;
    // What comes to wait meanwhile is for the turn after this one.
    for (const reader of [...this.#waiting]) {
      if (this.#begunAt !== undefined && this.#isOver()) return;
      this.#waiting.delete(reader);
      reader.resume();
    }
  }
}
