import { CampusError } from '../../contract/errors.ts';
import type { QueueMessage } from '../../queue/message.ts';
import { SpoolBatch } from './batch.ts';
import type { Store } from './store.ts';

/** Messages in a row that may be refused at most: past it, it is the store that is at fault, whatever it answers. */
const REFUSED_MOST = 4096;
/** Messages that a store may fail over, and their bytes, which are held in memory; past it, it is the store that is at fault. */
const FAILED_MOST = { messages: 1024, bytes: 16 * 1024 * 1024 };

/** A message that the store fails over is tried again this often, each time right after the store has taken others. */
const TRY_EVERY_MS = 30_000;
/** One round of it takes no longer than about this: the messages behind have to go on. */
const ROUND_MS = 2_000;
/** It is left out after so many failures over so long: a server that is short of memory or is being updated is well again by then. */
const PATIENCE = { failures: 5, ms: 5 * 60_000 };

interface Refused {
  message: QueueMessage;
  error: CampusError;
}

interface Failed extends Refused {
  /** Times that the store has failed over it while it took others. */
  failures: number;
  /** The first of them; undefined before. */
  since: number | undefined;
  triedAt: number;
  /** The store has taken it since, together with the batch of this position. */
  takenAt?: number;
}

export interface DoubtfulMessagesOptions {
  store: Store;
  /** The store will not take this message; kept elsewhere when this returns. */
  onSetAside: (message: QueueMessage, error: CampusError) => void;
  /** A clock that never goes back, ms. */
  elapsed: () => number;
}

/**
 * Messages that a store did not take one by one, while it may take others. An answer says little by itself: a server that is full, or a proxy
 * before it, may refuse everything or fail over everything. So a message is only left out when the store takes others. When several in a row
 * are not taken the store counts as away; each further attempt looks twice as far ahead for a message that it takes, so that not even many bad
 * ones hold it up for ever.
 *
 * What is refused (`store_refused`) is left out as soon as the store has taken the next one. A failure (`store_failed`) may pass: the messages
 * behind go on, and it is tried again beside them, for minutes; until then the spool keeps it.
 */
export class DoubtfulMessages {
  readonly #options: DoubtfulMessagesOptions;
  #refused: Refused[] = [];
  /** By position. */
  readonly #failed = new Map<number, Failed>();
  /** In a row, with nothing taken in between. */
  #inARow = 0;
  #most = 1;

  constructor(options: DoubtfulMessagesOptions) {
    this.#options = options;
  }

  /** True for a message that the store fails over, and that is tried again beside the others. */
  has(position: number): boolean {
    return this.#failed.has(position);
  }

  /** How far the spool may forget, of what the store has to stay up to `durable`. */
  settledUpTo(durable: number): number {
    for (const [position, { takenAt }] of this.#failed) {
      if (takenAt !== undefined && takenAt <= durable) this.#failed.delete(position);
    }
    return Math.min(durable, ...[...this.#failed.keys()].map((position) => position - 1));
  }

  /** Notes that a message alone was not taken; false when that says nothing of it, or the store is to be treated as away. */
  add(message: QueueMessage, error: unknown): boolean {
    if (!isRefusal(error) && !isFailure(error)) return false;
    if (this.#inARow >= this.#most) {
      this.#most = Math.min(this.#most * 2, REFUSED_MOST);
      return false;
    }
    if (isFailure(error)) {
      if (!this.#hasRoomFor(message)) return false;
      const triedAt = Number.NEGATIVE_INFINITY;
      this.#failed.set(message.position, { message, error, failures: 0, since: undefined, triedAt });
    } else this.#refused.push({ message, error });
    this.#inARow++;
    return true;
  }

  /** The store is away: nothing is known of what it refused, which is tried again, nor whether it still has what it took last. */
  forget(): void {
    this.#refused = [];
    this.#inARow = 0;
    for (const failed of this.#failed.values()) delete failed.takenAt;
  }

  /**
   * The store has taken a message that came after them. What it still does not take is left out when its time has come.
   * @param position of that message
   * @throws CampusError of `Store.write` when the store is away again
   */
  async settle(position: number): Promise<void> {
    this.#inARow = 0;
    this.#most = 1;
    await this.#settleRefused(position);
    await this.#tryFailed(position);
  }

  /**
   * Nothing came after them. What the store has failed over before while it took others is tried again at leisure; with anything else
   * nothing shows that the store works.
   * @param position up to which everything else is stored
   * @throws CampusError of `Store.write` when the store does not show that it works
   */
  async tryAlone(position: number): Promise<void> {
    const refused = this.#refused.at(-1);
    if (refused !== undefined) throw refused.error;
    for (const failed of this.#due()) {
      const error = await this.#write(failed.message, position);
      if (error === undefined) failed.takenAt = position;
      else if (failed.failures === 0) throw error;
    }
  }

  async #settleRefused(position: number): Promise<void> {
    if (this.#refused.length === 0) return;
    // A store that keeps a position has passed them over by taking the next one.
    const passed = (await this.#options.store.position()) !== undefined;
    for (const { message, error } of this.#refused) {
      const still = passed ? error : await this.#write(message, position);
      if (still !== undefined && isRefusal(still)) this.#options.onSetAside(message, still);
    }
    this.#refused = [];
  }

  async #tryFailed(position: number): Promise<void> {
    for (const failed of this.#due()) {
      const error = await this.#write(failed.message, position);
      if (error === undefined) failed.takenAt = position;
      else if (this.#hasLastedTooLong(failed) || isRefusal(error)) {
        this.#options.onSetAside(failed.message, error);
        this.#failed.delete(failed.message.position);
      }
    }
  }

  /** What the store fails over and is to be tried again now, one after another while there is time. */
  *#due(): Generator<Failed> {
    const started = this.#options.elapsed();
    for (const failed of [...this.#failed.values()]) {
      const now = this.#options.elapsed();
      if (now - started > ROUND_MS) return;
      if (failed.takenAt !== undefined || (failed.failures > 0 && now - failed.triedAt < TRY_EVERY_MS)) continue;
      failed.triedAt = now;
      yield failed;
    }
  }

  /** Counts a failure of a store that has just taken another message. */
  #hasLastedTooLong(failed: Failed): boolean {
    failed.since ??= failed.triedAt;
    failed.failures++;
    return failed.failures >= PATIENCE.failures && failed.triedAt - failed.since >= PATIENCE.ms;
  }

  /** Writes one message alone; the store's answer when it does not take it. @throws CampusError when the store is away */
  async #write(message: QueueMessage, position: number): Promise<CampusError | undefined> {
    try {
      await this.#options.store.write(new SpoolBatch([message], position));
      return undefined;
    } catch (error) {
      if (isRefusal(error) || isFailure(error)) return error;
      throw error;
    }
  }

  #hasRoomFor({ body }: QueueMessage): boolean {
    const bytes = [...this.#failed.values()].reduce(
      (sum, { message }) => sum + message.body.byteLength,
      body.byteLength,
    );
    return this.#failed.size < FAILED_MOST.messages && bytes <= FAILED_MOST.bytes;
  }
}

/** What a store says of a message that is at fault itself. */
export function isRefusal(error: unknown): error is CampusError {
  return error instanceof CampusError && error.code === 'store_refused';
}

/** What a server says that fails over a write: it may be at fault itself, or the message may be what it fails over each time. */
export function isFailure(error: unknown): error is CampusError {
  return error instanceof CampusError && error.code === 'store_failed';
}
