import type { Logger } from '../../runtime/log.ts';
import type { Backlog } from './backlog.ts';
import type { HeldMessage, Memory } from './memory.ts';
import type { Loss, OutboxMessage } from './message.ts';
import type { OutboxFile, StoredMessage } from './outbox-file.ts';

/** One write takes at most this much, and in a small outbox a part of it, so that it need not be emptied for one write. */
const WRITE_MAX_BYTES = 512 * 1024;
const WRITE_MAX_SHARE = 1 / 4;
/** A disk that failed is tried again after this time. */
const DISK_RETRY_MS = 30_000;

export interface DiskWriterOptions {
  memory: Memory;
  file: OutboxFile;
  backlog: Backlog;
  maxBytes: number;
  boot: string;
  /** A message in memory as it is stored and sent. */
  outgoing: (message: HeldMessage) => OutboxMessage;
  monotonicMs: () => number;
  /** Wall clock, ms. */
  now: () => number;
  log: Logger;
  lost: (messages: number, loss: Loss) => void;
}

/** Writes what is in memory to disk, where it stays beside what is in memory until that is removed. */
export class DiskWriter {
  readonly #options: DiskWriterOptions;
  #storing: Promise<void> | undefined;
  /** Monotonic ms before which the disk is not tried. */
  retryAt = Number.NEGATIVE_INFINITY;

  constructor(options: DiskWriterOptions) {
    this.#options = options;
  }

  /** False while a write is going on, or the disk has failed a short while ago. */
  get free(): boolean {
    return this.#storing === undefined && this.#options.monotonicMs() >= this.retryAt;
  }

  /** Writes to the disk what is not there yet. One write runs at a time and takes all that has gathered before it. */
  async store(): Promise<void> {
    while (this.#storing !== undefined) await this.#storing;
    const { memory, monotonicMs } = this.#options;
    const messages = memory.unstored;
    if (messages.length === 0 || monotonicMs() < this.retryAt) return;
    for (const message of messages) Object.assign(message, { onDisk: 'writing', tried: true });
    this.#storing = this.#write(messages).finally(() => {
      this.#storing = undefined;
    });
    await this.#storing;
  }

  /** The last write: waits for the one that is going on, and tries a disk that has failed once more. */
  async finish(): Promise<void> {
    while (this.#storing !== undefined) await this.#storing;
    this.retryAt = Number.NEGATIVE_INFINITY;
    await this.store();
  }

  async #write(messages: readonly HeldMessage[]): Promise<void> {
    const { file, backlog, outgoing, maxBytes, now, lost, log, monotonicMs } = this.#options;
    try {
      for (const block of inBlocks(messages, Math.min(WRITE_MAX_BYTES, maxBytes * WRITE_MAX_SHARE))) {
        const dropped = await file.append(block.map(outgoing), now(), (stored) => this.#isKept(stored));
        for (const message of block) message.onDisk = 'yes';
        if (dropped > 0) lost(dropped, 'no-room');
      }
      // What was acknowledged while it was being written is to be deleted again.
      backlog.start();
    } catch (error) {
      log.error(
        { err: error },
        `the outbox cannot write to its disk: messages stay in memory, next try in ${DISK_RETRY_MS / 1000} s`,
      );
      this.retryAt = monotonicMs() + DISK_RETRY_MS;
      for (const message of messages) if (message.onDisk === 'writing') message.onDisk = 'no';
    }
  }

  /**
   * A message goes from the disk to make room. True when it is not lost by that: it was delivered, or is on its way from memory, and then that
   * decides. What only waits in memory goes from there, too, for it is the oldest.
   */
  #isKept(stored: StoredMessage): boolean {
    const { backlog, memory, boot } = this.#options;
    if (backlog.isDone(stored)) return true;
    const { message } = stored;
    const held = message?.boot === boot ? memory.get(message.seq) : undefined;
    if (held === undefined) return false;
    if (held.sending) held.onDisk = 'gone';
    else memory.remove(held);
    return held.sending;
  }
}

/** Messages in blocks of at most so many bytes; one that is larger has a block of its own. */
function inBlocks(messages: readonly HeldMessage[], blockBytes: number): HeldMessage[][] {
  const blocks: HeldMessage[][] = [];
  let total = Number.POSITIVE_INFINITY;
  for (const message of messages) {
    total += message.bytes;
    if (total > blockBytes) {
      blocks.push([]);
      total = message.bytes;
    }
    blocks.at(-1)?.push(message);
  }
  return blocks;
}
