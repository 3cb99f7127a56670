/** Listeners to one kind of news. One that comes late is a newcomer until it has been told what the others know already. */
export class Audience<T> {
  readonly #listeners = new Set<(news: T) => void>();
  readonly #newcomers = new Set<(news: T) => void>();

  get size(): number {
    return this.#listeners.size;
  }

  /** Adds a listener; call what is returned to remove it. */
  add(listener: (news: T) => void): () => void {
    this.#listeners.add(listener);
    this.#newcomers.add(listener);
    return () => {
      this.#listeners.delete(listener);
      this.#newcomers.delete(listener);
    };
  }

  tell(news: T): void {
    for (const listener of this.#listeners) listener(news);
  }

  /** Tells the newcomers what is known; they are none any more. */
  greet(known: Iterable<T>): void {
    const newcomers = [...this.#newcomers];
    this.#newcomers.clear();
    if (newcomers.length === 0) return;
    for (const news of known) {
      for (const listener of newcomers) listener(news);
    }
  }
}
