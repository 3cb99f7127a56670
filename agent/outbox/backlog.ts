import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from '../../runtime/log.ts';
import type { Loss, OutboxMessage } from './message.ts';
import type { OutboxFile, StoredMessage } from './outbox-file.ts';
import type { Encoded } from './payload.ts';

/** Messages read from the disk at a time, and deleted in one transaction. */
const READ_MESSAGES = 64;
/** Messages and bytes of the backlog on their way at a time: a fresh message that comes meanwhile waits behind no more than these. */
const WINDOW_MESSAGES = 8;
const WINDOW_BYTES = 64 * 1024;
/** Of a village school's uplink of some Mbit/s, the backlog takes one at most. */
const BYTES_PER_SECOND = 128 * 1024;
/** The file is closed, and its thread with it, when nothing has been written for so long. */
const CLOSE_AFTER_MS = 30_000;
/** A file that cannot be read is tried again after this time. */
const RETRY_MS = 30_000;

export interface BacklogOptions {
  file: OutboxFile;
  log: Logger;
  boot: string;
  messagesPerSecond: number;
  monotonicMs: () => number;
  /** True while messages can be sent. */
  isOpen: () => boolean;
  /** True for a message of this run that is still to be sent, or on its way, from memory. */
  isLive: (seq: number) => boolean;
  encode: (message: OutboxMessage) => Encoded;
  /** True once acknowledged, false when the connection is lost before. */
  send: (payload: string) => Promise<boolean>;
  /** Told of messages that are given up. */
  lost: (messages: number, loss: Loss) => void;
}

/** What became of one message of a round: `wait` leaves it and all that follow for later. */
type Fate = 'done' | 'wait' | Loss;

/**
 * Sends what lies on disk, oldest first, and deletes it once the gateway has acknowledged it: at a bounded rate, for after an outage every agent
 * of a school has a backlog, and beside it the fresh samples must come through.
 */
export class Backlog {
  readonly #options: BacklogOptions;
  /** Messages of this run that are on disk but were acknowledged from memory: they are deleted without being sent again. */
  readonly #acknowledged = new Set<number>();
  /** Positions that were acknowledged and are not deleted yet. */
  readonly #delivered = new Set<number>();
  readonly #stopped = new AbortController();
  #running: Promise<void> | undefined;
  #again = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: BacklogOptions) {
    this.#options = options;
  }

  /** Sends until nothing is left or the way is closed. Does nothing while there is nothing on disk. */
  start(): void {
    const { file, isOpen } = this.#options;
    if (this.#stopped.signal.aborted || !file.inUse || !isOpen()) return;
    this.#again = true;
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined;
    });
  }

  /** A message of this run that may be on disk, now or soon, has been acknowledged. */
  acknowledged(seq: number): void {
    this.#acknowledged.add(seq);
    this.start();
  }

  /** True for a message on disk that need not be sent any more. */
  isDone({ position, message }: StoredMessage): boolean {
    if (this.#delivered.has(position)) return true;
    return message?.boot === this.#options.boot && this.#acknowledged.has(message.seq);
  }

  async stop(): Promise<void> {
    this.#stopped.abort();
    clearTimeout(this.#timer);
    await this.#running;
  }

  async #run(): Promise<void> {
    clearTimeout(this.#timer);
    try {
      while (this.#again && !this.#stopped.signal.aborted) {
        this.#again = false;
        while (await this.#sendSome()) {
          if (this.#stopped.signal.aborted) return;
        }
      }
      if (!this.#stopped.signal.aborted) this.#timer = setTimeout(() => this.#closeWhenEmpty(), CLOSE_AFTER_MS).unref();
    } catch (error) {
      this.#options.log.error({ err: error }, `the outbox on disk cannot be read: next try in ${RETRY_MS / 1000} s`);
      this.#timer = setTimeout(() => this.start(), RETRY_MS).unref();
    }
  }

  /** One round; true when all of it is done and there may be more. */
  async #sendSome(): Promise<boolean> {
    const { file, lost } = this.#options;
    const messages = await file.read(READ_MESSAGES);
    this.#forgetBefore(messages[0]?.position);
    const fates: Fate[] = [];
    for (const window of inWindows(messages)) {
      fates.push(...(await this.#sendWindow(window)));
      if (fates.includes('wait') || this.#stopped.signal.aborted) break;
    }
    const waiting = fates.indexOf('wait');
    const count = waiting === -1 ? fates.length : waiting;
    const last = messages[count - 1];
    if (last === undefined) return false;
    await file.acknowledge(last.position);
    this.#forget(messages.slice(0, count));
    for (const fate of fates.slice(0, count)) if (fate !== 'done' && fate !== 'wait') lost(1, fate);
    return count === messages.length;
  }

  /** Sends messages side by side, and takes as long for them as the rate allows. */
  async #sendWindow(window: readonly StoredMessage[]): Promise<Fate[]> {
    const { messagesPerSecond, monotonicMs } = this.#options;
    const startedAt = monotonicMs();
    let [sent, bytes] = [0, 0];
    const fates = await Promise.all(
      window.map((stored) =>
        this.#sendOne(stored, () => {
          sent += 1;
          bytes += stored.bytes;
        }),
      ),
    );
    const due = startedAt + 1000 * Math.max(sent / messagesPerSecond, bytes / BYTES_PER_SECOND);
    if (!fates.includes('wait')) await this.#pause(due - monotonicMs());
    return fates;
  }

  async #sendOne(stored: StoredMessage, sending: () => void): Promise<Fate> {
    const { message, position } = stored;
    const { boot, isOpen, isLive, encode, send } = this.#options;
    if (message === undefined) return 'damaged';
    if (this.isDone(stored)) return 'done';
    if (!isOpen() || (message.boot === boot && isLive(message.seq))) return 'wait';
    const encoded = encode(message);
    if (encoded === 'not-yet') return 'wait';
    if (typeof encoded === 'string') return encoded;
    sending();
    if (!(await send(encoded.payload))) return 'wait';
    this.#delivered.add(position);
    return 'done';
  }

  async #pause(ms: number): Promise<void> {
    if (ms <= 0) return;
    const { signal } = this.#stopped;
    await delay(ms, undefined, { signal }).catch((error: unknown) => {
      if (!signal.aborted) throw error;
    });
  }

  #forget(messages: readonly StoredMessage[]): void {
    for (const { position, message } of messages) {
      this.#delivered.delete(position);
      if (message?.boot === this.#options.boot) this.#acknowledged.delete(message.seq);
    }
  }

  /** What was deleted to make room is not read again. */
  #forgetBefore(position: number | undefined): void {
    for (const delivered of this.#delivered) {
      if (position === undefined || delivered < position) this.#delivered.delete(delivered);
    }
  }

  #closeWhenEmpty(): void {
    if (this.#options.file.inUse || this.#running !== undefined) return;
    this.#options.file.close().catch((error: unknown) => {
      this.#options.log.warn({ err: error }, 'closing the outbox failed');
    });
  }
}

function inWindows(messages: readonly StoredMessage[]): StoredMessage[][] {
  const windows: StoredMessage[][] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const message of messages) {
    bytes += message.bytes;
    if (bytes > WINDOW_BYTES || windows.at(-1)?.length === WINDOW_MESSAGES) {
      windows.push([]);
      bytes = message.bytes;
    }
    windows.at(-1)?.push(message);
  }
  return windows;
}
