import { existsSync } from 'node:fs';
import { CampusError } from '../../contract/errors.ts';
import { DurableQueue, type QueueMessage } from '../../queue/queue.ts';
import type { Logger } from '../../runtime/log.ts';

/** A message on disk: named by the run that made it and its number in that run. */
export interface StoredMessage {
  boot: string;
  seq: number;
  payload: string;
}

/** Messages deleted at a time to make room for new ones. */
const DROPPED_AT_ONCE = 64;
const READ_MAX_BYTES = 1024 * 1024;
/** One write takes at most this much, unless a single message is larger: less than the smallest outbox that can be configured. */
const WRITE_MAX_BYTES = 512 * 1024;

/** The outbox's file. Opened when first needed: while the gateway answers there is nothing to write, nor a thread to keep. */
export class OutboxFile {
  readonly #path: string;
  readonly #maxBytes: number;
  readonly #log: Logger;
  #queue: Promise<DurableQueue> | undefined;
  #counted = false;
  /** Messages and bytes waiting on disk, as last seen. */
  messages = 0;
  bytes = 0;

  constructor({ path, maxBytes, log }: { path: string; maxBytes: number; log: Logger }) {
    this.#path = path;
    this.#maxBytes = maxBytes;
    this.#log = log;
  }

  /** True when there may be messages on disk: those of earlier runs are counted when the file is opened. */
  get inUse(): boolean {
    return this.messages > 0 || (!this.#counted && existsSync(this.#path));
  }

  /**
   * Stores messages. When there is no room, the oldest go.
   * @returns the number of messages that had to go
   * @throws CampusError `queue_failed` when the disk does not take them all
   */
  async append(messages: readonly StoredMessage[], receivedAt: number): Promise<number> {
    const queue = await this.#open();
    let dropped = 0;
    for (const block of inBlocks(messages)) dropped += await this.#write(queue, block, receivedAt);
    await this.#count(queue);
    return dropped;
  }

  /** The oldest messages, at most so many. */
  async read(count: number): Promise<(StoredMessage & { position: number })[]> {
    const queue = await this.#open();
    const messages = await queue.read(0, { messages: count, bytes: READ_MAX_BYTES });
    return messages.map(decode);
  }

  /** Deletes the messages up to this position. */
  async acknowledge(upTo: number): Promise<void> {
    const queue = await this.#open();
    await queue.acknowledge(upTo);
    await this.#count(queue);
  }

  async close(): Promise<void> {
    const queue = await this.#queue;
    this.#queue = undefined;
    await queue?.close();
  }

  async #write(queue: DurableQueue, messages: readonly StoredMessage[], receivedAt: number): Promise<number> {
    let dropped = 0;
    for (let waiting = messages; waiting.length > 0; ) {
      const results = await Promise.allSettled(
        waiting.map(({ boot, seq, payload }) =>
          queue.append({ key: `${boot}/${seq}`, body: Buffer.from(payload), receivedAt }),
        ),
      );
      const failure = results.find((result) => result.status === 'rejected' && !isFull(result.reason));
      if (failure?.status === 'rejected') {
        await this.close();
        throw failure.reason;
      }
      waiting = waiting.filter((_, index) => results[index]?.status === 'rejected');
      if (waiting.length > 0) dropped += await this.#dropOldest(queue);
    }
    return dropped;
  }

  #open(): Promise<DurableQueue> {
    this.#queue ??= this.#opened().catch((error: unknown) => {
      this.#queue = undefined;
      throw error;
    });
    return this.#queue;
  }

  async #opened(): Promise<DurableQueue> {
    const queue = await DurableQueue.open({ path: this.#path, maxBytes: this.#maxBytes });
    if (queue.damage !== undefined) {
      const { setAside, saved, lost } = queue.damage;
      this.#log.warn(
        { file: setAside, saved, lost },
        `the outbox was damaged and set aside as ${setAside}: ${saved} messages saved, at least ${lost} lost`,
      );
    }
    await this.#count(queue);
    return queue;
  }

  async #count(queue: DurableQueue): Promise<void> {
    const { messages, bytes } = await queue.stats();
    this.messages = messages;
    this.bytes = bytes;
    this.#counted = true;
  }

  async #dropOldest(queue: DurableQueue): Promise<number> {
    const oldest = await queue.read(0, { messages: DROPPED_AT_ONCE, bytes: READ_MAX_BYTES });
    const last = oldest.at(-1);
    if (last === undefined) throw new CampusError('queue_full', 'the outbox is smaller than one message');
    await queue.acknowledge(last.position);
    return oldest.length;
  }
}

function inBlocks(messages: readonly StoredMessage[]): StoredMessage[][] {
  const blocks: StoredMessage[][] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const message of messages) {
    bytes += message.payload.length;
    if (bytes > WRITE_MAX_BYTES) {
      blocks.push([]);
      bytes = message.payload.length;
    }
    blocks.at(-1)?.push(message);
  }
  return blocks;
}

function decode({ position, key, body }: QueueMessage): StoredMessage & { position: number } {
  const [boot = '', seq] = key.split('/');
  return { position, boot, seq: Number(seq), payload: Buffer.from(body).toString('utf8') };
}

function isFull(error: unknown): boolean {
  return error instanceof CampusError && error.code === 'queue_full';
}
