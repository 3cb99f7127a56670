/** Work that runs beside other work, so that somebody can wait for its end. */
export class Running {
  readonly #all = new Set<Promise<unknown>>();

  /** Follows a piece of work, and gives it back. */
  async add<T>(work: Promise<T>): Promise<T> {
    this.#all.add(work);
    try {
      return await work;
    } finally {
      this.#all.delete(work);
    }
  }

  /** Resolves when what runs now has ended, well or badly. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.#all);
  }
}
