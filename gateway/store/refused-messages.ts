import { CampusError } from '../../contract/errors.ts';
import type { QueueMessage } from '../../queue/message.ts';
import { SpoolBatch } from './batch.ts';
import type { Store } from './store.ts';

/** Messages in a row that may be in doubt at most: past it, it is the store that is at fault, whatever it answers. */
const DOUBTFUL_MOST = 4096;

interface Doubtful {
  message: QueueMessage;
  error: Error;
}

export interface RefusedMessagesOptions {
  store: Store;
  /** The store will never hold this message, and says so. */
  onSetAside: (message: QueueMessage, error: Error) => void;
}

/**
 * Messages that a store has refused one by one. A refusal says little by itself: a server that is full, or a proxy before it, may refuse
 * everything. So a message is only left out when the store has taken the next one since. When several in a row are refused the store
 * counts as away; each further attempt looks twice as far ahead for a message that it takes, so that not even many bad ones hold it up for ever.
 */
export class RefusedMessages {
  readonly #options: RefusedMessagesOptions;
  #doubtful: Doubtful[] = [];
  #most = 1;

  constructor(options: RefusedMessagesOptions) {
    this.#options = options;
  }

  /** Why the last one was refused, while the store has not shown that it works. */
  get lastError(): Error | undefined {
    return this.#doubtful.at(-1)?.error;
  }

  /** Notes a refusal; false when there are too many in a row: then the store is to be treated as away. */
  add(message: QueueMessage, error: Error): boolean {
    if (this.#doubtful.length >= this.#most) {
      this.#most = Math.min(this.#most * 2, DOUBTFUL_MOST);
      return false;
    }
    this.#doubtful.push({ message, error });
    return true;
  }

  /** The store is away: nothing is known of the messages, and they are tried again. */
  forget(): void {
    this.#doubtful = [];
  }

  /**
   * The store has taken a message that came after them. What it still refuses is left out.
   * @param position of that message
   * @throws CampusError of `Store.write` when the store is away again
   */
  async settle(position: number): Promise<void> {
    if (this.#doubtful.length === 0) return;
    // A store that keeps a position has passed them over by taking the next one.
    const passed = (await this.#options.store.position()) !== undefined;
    for (const { message, error } of this.#doubtful) {
      if (passed || (await this.#isRefused(message, position))) this.#options.onSetAside(message, error);
    }
    this.#doubtful = [];
    this.#most = 1;
  }

  async #isRefused(message: QueueMessage, position: number): Promise<boolean> {
    try {
      await this.#options.store.write(new SpoolBatch([message], position));
      return false;
    } catch (error) {
      if (isRefusal(error)) return true;
      throw error;
    }
  }
}

/** What a store says of a message that is at fault itself. Anything else may pass: the message is tried again for as long as it takes. */
export function isRefusal(error: unknown): error is CampusError {
  return error instanceof CampusError && error.code === 'store_refused';
}
