import { existsSync } from 'node:fs';
import { CampusError } from '../../contract/errors.ts';
import { type Damage, DurableQueue } from '../../queue/queue.ts';
import { decodeStored, encodeStored, type OutboxChannel, type OutboxMessage } from './message.ts';

/** A message read back from the disk. */
export interface StoredMessage {
  position: number;
  bytes: number;
  /** Undefined when the disk has damaged it. */
  message: OutboxMessage | undefined;
}

/** Messages deleted at a time to make room for new ones: one transaction then serves many writes. */
const DROPPED_AT_ONCE = 64;
const READ_MAX_BYTES = 1024 * 1024;

export interface OutboxFileOptions {
  channel: OutboxChannel;
  path: string;
  maxBytes: number;
  /** Told what was saved of a damaged file, and where that was set aside. */
  onDamaged: (damage: Damage) => void;
}

/** One lane's file. Opened when first needed: while the gateway answers there is nothing to write, nor a thread to keep. */
export class OutboxFile {
  readonly #options: OutboxFileOptions;
  #queue: Promise<DurableQueue> | undefined;
  #counted = false;
  /** Messages and bytes waiting on disk, as last seen. */
  messages = 0;
  bytes = 0;

  constructor(options: OutboxFileOptions) {
    this.#options = options;
  }

  /** True when there may be messages on disk: those of earlier runs are counted when the file is opened. */
  get inUse(): boolean {
    return this.messages > 0 || (!this.#counted && existsSync(this.#options.path));
  }

  /**
   * Stores messages, all or none; one that is stored already is not stored again. When there is no room, the oldest go.
   * @param isKept told of each that goes; true when it is not lost by that
   * @returns the number of messages that had to go unsent
   * @throws CampusError `queue_failed` when the disk does not take them
   */
  async append(
    messages: readonly OutboxMessage[],
    receivedAt: number,
    isKept: (stored: StoredMessage) => boolean,
  ): Promise<number> {
    return this.#use(async (queue) => {
      let dropped = 0;
      while (!(await this.#write(queue, messages, receivedAt))) dropped += await dropOldest(queue, isKept);
      await this.#count(queue);
      return dropped;
    });
  }

  /** The oldest messages, at most so many. */
  async read(count: number): Promise<StoredMessage[]> {
    return this.#use((queue) => readStored(queue, count));
  }

  /** Deletes the messages up to this position. */
  async acknowledge(upTo: number): Promise<void> {
    await this.#use(async (queue) => {
      await queue.acknowledge(upTo);
      await this.#count(queue);
    });
  }

  async close(): Promise<void> {
    const queue = await this.#queue;
    this.#queue = undefined;
    await queue?.close();
  }

  /** A file that failed is closed: when it is opened again its damage, if that is what it was, is found and set aside. */
  async #use<T>(work: (queue: DurableQueue) => Promise<T>): Promise<T> {
    const queue = await this.#open();
    try {
      return await work(queue);
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  /** @returns false when there is no room for all of them */
  async #write(queue: DurableQueue, messages: readonly OutboxMessage[], receivedAt: number): Promise<boolean> {
    const { channel } = this.#options;
    const results = await Promise.allSettled(
      messages.map((message) => {
        const once = { epoch: message.boot, sequence: message.seq };
        return queue.append({ key: channel, body: encodeStored(message), receivedAt, once });
      }),
    );
    const failures = results.filter((result) => result.status === 'rejected');
    const failure = failures.find(({ reason }) => !isFull(reason));
    if (failure !== undefined) throw failure.reason;
    return failures.length === 0;
  }

  #open(): Promise<DurableQueue> {
    this.#queue ??= this.#opened().catch((error: unknown) => {
      this.#queue = undefined;
      throw error;
    });
    return this.#queue;
  }

  async #opened(): Promise<DurableQueue> {
    const { path, maxBytes, onDamaged } = this.#options;
    const queue = await DurableQueue.open({ path, maxBytes });
    const before = this.messages;
    await this.#count(queue);
    const { damage } = queue;
    // What lay there before is known when the file was in use: the file itself may no longer tell.
    if (damage !== undefined) onDamaged({ ...damage, lost: Math.max(damage.lost, before - this.messages) });
    return queue;
  }

  async #count(queue: DurableQueue): Promise<void> {
    const { messages, bytes } = await queue.stats();
    this.messages = messages;
    this.bytes = bytes;
    this.#counted = true;
  }
}

async function readStored(queue: DurableQueue, count: number): Promise<StoredMessage[]> {
  const messages = await queue.read(0, { messages: count, bytes: READ_MAX_BYTES });
  return messages.map(({ position, body }) => ({ position, bytes: body.byteLength, message: decodeStored(body) }));
}

async function dropOldest(queue: DurableQueue, isKept: (stored: StoredMessage) => boolean): Promise<number> {
  const oldest = await readStored(queue, DROPPED_AT_ONCE);
  const last = oldest.at(-1);
  if (last === undefined) throw new CampusError('queue_full', 'the outbox is smaller than one message');
  await queue.acknowledge(last.position);
  return oldest.filter((stored) => !isKept(stored)).length;
}

function isFull(error: unknown): boolean {
  return error instanceof CampusError && error.code === 'queue_full';
}
