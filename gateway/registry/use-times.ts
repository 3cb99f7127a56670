/** A use is noted at most this often: a console asks every few seconds. */
const NOTE_MS = 60_000;

/**
 * When sessions and tokens were used last, in memory until the next flush: a request that only reads writes nothing, so it is
 * answered even when the disk is full.
 */
export class UseTimes {
  readonly #unsaved = new Map<string, number>();

  /** Notes a use. @param usedAt the last one that is known, ms */
  note(key: string, usedAt: number, now: number): void {
    if (now - usedAt >= NOTE_MS) this.#unsaved.set(key, now);
  }

  /** The last use, be it saved or not. */
  last(key: string, savedAt: number): number {
    return Math.max(savedAt, this.#unsaved.get(key) ?? 0);
  }

  /** Hands out what is not saved yet. What `write` throws on is kept for the next time. */
  save(write: (key: string, usedAt: number) => void): void {
    for (const [key, usedAt] of this.#unsaved) {
      write(key, usedAt);
      this.#unsaved.delete(key);
    }
  }
}
