/** Within this time the same thing again is counted on its first row, unless told otherwise. */
export const REPEAT_WINDOW_MS = 60_000;

interface Open {
  id: number;
  openedAt: number;
}

export interface RepeatCount {
  id: number;
  /** Repeats since the last `writeCounts`. */
  count: number;
  /** ms; of the first and the last of these. */
  since: number;
  lastTime: number;
}

/**
 * Finds repeats, so that a client that fails every second makes one row a minute and not sixty. Counts gather in memory until
 * they are written: a flood costs one write per flush.
 */
export class RepeatWindow {
  readonly #open = new Map<string, Open>();
  readonly #counts = new Map<number, RepeatCount>();
  readonly #maxKeys: number;

  readonly #windowMs: number;

  /** @param maxKeys keys remembered at most; beyond, the oldest is forgotten */
  constructor(maxKeys: number, windowMs = REPEAT_WINDOW_MS) {
    this.#maxKeys = maxKeys;
    this.#windowMs = windowMs;
  }

  /** Counts the thing if it was started within the window; false when it needs a row of its own. */
  repeat(key: string, now: number): boolean {
    const open = this.#open.get(key);
    if (open === undefined || now - open.openedAt >= this.#windowMs) return false;
    const counted = this.#counts.get(open.id);
    const { count = 0, since = now } = counted ?? {};
    this.#counts.set(open.id, { id: open.id, count: count + 1, since, lastTime: now });
    return true;
  }

  /** Remembers the row that further repeats are counted on. */
  start(key: string, id: number, now: number): void {
    this.#open.delete(key);
    this.#open.set(key, { id, openedAt: now });
    if (this.#open.size <= this.#maxKeys) return;
    for (const oldest of this.#open.keys()) {
      this.#open.delete(oldest);
      return;
    }
  }

  /** Keys whose window is still open. Those that have ended are forgotten. */
  openKeys(now: number): number {
    for (const [key, { openedAt }] of this.#open) {
      if (now - openedAt < this.#windowMs) break;
      this.#open.delete(key);
    }
    return this.#open.size;
  }

  /** What was counted on a row and not handed out yet. */
  pending(id: number): RepeatCount | undefined {
    return this.#counts.get(id);
  }

  /**
   * Hands out what was counted since the last call. What `write` throws on is kept for the next one.
   * @param sinceBefore only counts that began at this moment or before, ms
   */
  writeCounts(write: (count: RepeatCount) => void, sinceBefore = Number.POSITIVE_INFINITY): void {
    for (const [id, count] of this.#counts) {
      if (count.since > sinceBefore) continue;
      write(count);
      this.#counts.delete(id);
    }
  }
}
