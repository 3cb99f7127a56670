import { SpoolBatch } from './batch.ts';
import { isFailure, isRefusal } from './doubtful-messages.ts';
import type { SetAside } from './set-aside.ts';
import type { Store } from './store.ts';

/** What was set aside is tried again this often, and first this long after the start: a server may have been mended or updated. */
const EVERY_MS = 3600_000;
/** Messages of one round: seconds of a store's time. */
const ROUND_MESSAGES = 500;

export interface SecondTryOptions {
  setAside: SetAside;
  store: Store;
  /** The store's name among the spool's consumers. */
  consumer: string;
  /** A store has taken so many after all. */
  onTaken: (messages: number) => void;
  /** A clock that never goes back, ms. */
  elapsed: () => number;
}

/** Tries now and then to store what a store did not take; to be called between the batches of its drain, when it works. */
export class SecondTry {
  readonly #options: SecondTryOptions;
  #dueAt: number;
  /** Where the next round begins, so that messages which are never taken do not hide those behind them. */
  #after = 0;
  /** Written in the round before, to a store that has it on its disk only later: forgotten when it has not failed since. */
  #taken: number[] = [];

  constructor(options: SecondTryOptions) {
    this.#options = options;
    this.#dueAt = options.elapsed() + EVERY_MS;
  }

  /** The store has failed: what it took last may be gone. */
  failed(): void {
    this.#taken = [];
  }

  /** @throws what the file or a store that is away throws; the rest is tried in the next round */
  async run(): Promise<void> {
    const { setAside, consumer, elapsed } = this.#options;
    if (elapsed() < this.#dueAt) return;
    this.#dueAt = elapsed() + EVERY_MS;
    setAside.prune();
    this.#forgetTaken();
    const messages = setAside.list(consumer, this.#after, ROUND_MESSAGES);
    this.#after = messages.length < ROUND_MESSAGES ? 0 : messages.at(-1)!.id;
    try {
      for (const message of messages) if (await this.#isTaken(message)) this.#taken.push(message.id);
    } finally {
      if (this.#options.store.durablePosition === undefined) this.#forgetTaken();
    }
  }

  #forgetTaken(): void {
    if (this.#taken.length === 0) return;
    this.#options.setAside.remove(this.#taken);
    this.#options.onTaken(this.#taken.length);
    this.#taken = [];
  }

  /** Beside what is there: the store's position is that of its drain and stays. */
  async #isTaken(message: { key: string; body: Uint8Array }): Promise<boolean> {
    try {
      await this.#options.store.merge(new SpoolBatch([message], 0));
      return true;
    } catch (error) {
      if (isRefusal(error) || isFailure(error)) return false;
      throw error;
    }
  }
}
