import { setTimeout as delay } from 'node:timers/promises';
import type { Damage } from '../../queue/queue.ts';
import type { Logger } from '../../runtime/log.ts';
import { Backlog } from './backlog.ts';
import { bytesOf, type HeldMessage, Memory } from './memory.ts';
import type { Loss, OutboxChannel, OutboxMessage } from './message.ts';
import { OutboxFile, type StoredMessage } from './outbox-file.ts';
import type { Encoded } from './payload.ts';

/** A gateway that has not acknowledged within this time is taken for gone: messages go to disk. */
const ACKNOWLEDGED_WITHIN_MS = 2000;
/** Fresh messages on their way at a time; the backlog has as many of its own. */
const WINDOW = 8;
/** Bytes that are in memory alone, beyond which the oldest go when the disk does not take them. */
const MEMORY_MAX_BYTES = 4 * 1024 * 1024;
/** One write takes at most this much, and in a small outbox a part of it, so that it need not be emptied for one write. */
const WRITE_MAX_BYTES = 512 * 1024;
const WRITE_MAX_SHARE = 1 / 4;
/** A disk that failed is tried again after this time. */
const DISK_RETRY_MS = 30_000;

export interface LaneOptions {
  channel: OutboxChannel;
  path: string;
  /** Bytes on disk at most. */
  maxBytes: number;
  durability: 'auto' | 'always';
  /** Names this run of the agent. */
  boot: string;
  /** Names this start of the machine. */
  machineBoot: string;
  replayMessagesPerSecond: number;
  monotonicMs: () => number;
  /** Wall clock, ms. */
  now: () => number;
  log: Logger;
  /** True while messages can be sent. */
  isOpen: () => boolean;
  /** Makes the payload of a message at the moment of sending. */
  encode: (message: OutboxMessage, replayed: boolean) => Encoded;
  /** Sends a payload; true once it is acknowledged, false when there is no connection or it is lost before. */
  publish: (payload: string) => Promise<boolean>;
  /** Told of messages that are given up. */
  lost: (messages: number, loss: Loss) => void;
  /** Told what was saved of a damaged file, and where that was set aside. */
  damaged: (damage: Damage) => void;
}

/**
 * Keeps every message of one channel until the gateway has acknowledged it: in memory while that takes less than 2 s, on disk when it does not
 * and when the agent stops, so that a gateway that works wears out no SD card. Fresh messages go first; those from the disk
 * follow beside them, marked as replayed.
 */
export class Lane {
  readonly #options: LaneOptions;
  readonly #file: OutboxFile;
  readonly #backlog: Backlog;
  readonly #memory = new Memory();
  #sending = 0;
  #timer: NodeJS.Timeout | undefined;
  #storing: Promise<void> | undefined;
  #diskRetryAt = Number.NEGATIVE_INFINITY;
  #closed = false;
  /** Messages acknowledged by the gateway. */
  published = 0;

  constructor(options: LaneOptions) {
    const { channel, path, maxBytes, log, boot, encode, lost, damaged, monotonicMs } = options;
    this.#options = options;
    const onDamaged = (damage: Damage): void => {
      damaged(damage);
      if (damage.lost > 0) lost(damage.lost, 'damaged');
    };
    this.#file = new OutboxFile({ channel, path, maxBytes, onDamaged });
    this.#backlog = new Backlog({
      file: this.#file,
      log,
      boot,
      messagesPerSecond: options.replayMessagesPerSecond,
      monotonicMs,
      isOpen: options.isOpen,
      isLive: (seq) => this.#memory.has(seq),
      encode: (message) => encode(message, true),
      send: (payload) => this.#publish(payload),
      lost,
    });
  }

  /** Messages waiting, in memory and on disk. */
  get messages(): number {
    return this.#memory.unsafe.length + this.#file.messages;
  }

  /** Bytes waiting, in memory and on disk. */
  get bytes(): number {
    return bytesOf(this.#memory.unsafe) + this.#file.bytes;
  }

  /** Takes the content of a message and sends it as soon as possible. */
  add(content: string): void {
    this.#memory.add(content, this.#options.monotonicMs());
    if (this.#options.durability === 'always') void this.#store();
    this.#sendLive();
    this.#boundMemory();
    this.#watch();
  }

  /** The way may be open: what waits is sent. */
  resume(): void {
    if (this.#closed || !this.#options.isOpen()) return;
    this.#sendLive();
    this.#backlog.start();
  }

  /** Waits until the gateway has acknowledged what is in memory, at most so many milliseconds. */
  async settle(ms: number): Promise<void> {
    const deadline = this.#options.monotonicMs() + ms;
    while (this.#options.isOpen() && !this.#memory.empty && this.#options.monotonicMs() < deadline) await delay(10);
  }

  /** Writes what the gateway has not acknowledged to disk. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    await this.#backlog.stop();
    await this.#storing;
    this.#diskRetryAt = Number.NEGATIVE_INFINITY;
    await this.#store();
    await this.#file.close();
  }

  #sendLive(): void {
    for (const message of this.#memory.filter(({ sending }) => !sending)) {
      if (!this.#options.isOpen() || this.#sending >= WINDOW) return;
      const encoded = this.#options.encode(this.#outgoing(message), false);
      if (encoded === 'not-yet') return;
      if (typeof encoded === 'string') {
        this.#done(message);
        this.#options.lost(1, encoded);
      } else void this.#sendOne(message, encoded.payload);
    }
  }

  async #sendOne(message: HeldMessage, payload: string): Promise<void> {
    message.sending = true;
    this.#sending += 1;
    const acknowledged = await this.#publish(payload);
    message.sending = false;
    this.#sending -= 1;
    if (acknowledged) {
      this.#done(message);
      // Without an acknowledgement there is a new connection to wait for.
      this.#sendLive();
    }
    this.#watch();
  }

  /** A message need not be kept any longer, neither here nor on disk. */
  #done(message: HeldMessage): void {
    this.#memory.remove(message);
    if (message.tried) this.#backlog.acknowledged(message.seq);
  }

  async #publish(payload: string): Promise<boolean> {
    const acknowledged = await this.#options.publish(payload);
    if (acknowledged) this.published += 1;
    return acknowledged;
  }

  /** Sets the alarm for the moment at which the oldest message has waited too long in memory. */
  #watch(): void {
    if (this.#timer !== undefined || this.#closed) return;
    const [oldest] = this.#memory.filter(({ onDisk, sending }) => onDisk === 'no' || !sending);
    if (oldest === undefined) return;
    const now = this.#options.monotonicMs();
    const at = Math.max(oldest.since + ACKNOWLEDGED_WITHIN_MS, this.#diskRetryAt, now + 10);
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      const waited = this.#options.monotonicMs() - oldest.since;
      const late = this.#memory.has(oldest.seq) && waited >= ACKNOWLEDGED_WITHIN_MS;
      void (late ? this.#relieve() : Promise.resolve()).then(() => this.#watch());
    }, at - now);
  }

  /** Moves what is in memory to the disk. */
  async #relieve(): Promise<void> {
    await this.#store();
    for (const message of this.#memory.filter(({ onDisk, sending }) => onDisk === 'yes' && !sending)) {
      this.#memory.remove(message);
    }
    this.#backlog.start();
  }

  /** Writes to the disk what is not there yet. One write runs at a time and takes all that has gathered before it. */
  async #store(): Promise<void> {
    await this.#storing;
    const messages = this.#memory.unstored;
    if (messages.length === 0) return this.#storing;
    if (this.#options.monotonicMs() < this.#diskRetryAt) return;
    for (const message of messages) Object.assign(message, { onDisk: 'writing', tried: true });
    this.#storing = this.#write(messages).finally(() => {
      this.#storing = undefined;
    });
    await this.#storing;
  }

  async #write(messages: readonly HeldMessage[]): Promise<void> {
    const { log, lost, monotonicMs, now } = this.#options;
    try {
      for (const block of inBlocks(messages, this.#blockBytes)) {
        const outgoing = block.map((message) => this.#outgoing(message));
        const dropped = await this.#file.append(outgoing, now(), (stored) => this.#isKept(stored));
        for (const message of block) message.onDisk = 'yes';
        if (dropped > 0) lost(dropped, 'no-room');
      }
      // What was acknowledged while it was being written is to be deleted again.
      this.#backlog.start();
    } catch (error) {
      log.error(
        { err: error },
        `the outbox cannot write to its disk: messages stay in memory, next try in ${DISK_RETRY_MS / 1000} s`,
      );
      this.#diskRetryAt = monotonicMs() + DISK_RETRY_MS;
      for (const message of messages) if (message.onDisk === 'writing') message.onDisk = 'no';
      this.#boundMemory();
    }
  }

  /**
   * A message goes from the disk to make room. True when it is not lost by that: it was delivered, or is on its way from memory; what only waits
   * there goes, too, for it is the oldest.
   */
  #isKept(stored: StoredMessage): boolean {
    if (this.#backlog.isDone(stored)) return true;
    const { message } = stored;
    const held = message?.boot === this.#options.boot ? this.#memory.get(message.seq) : undefined;
    if (held === undefined) return false;
    if (held.sending) held.onDisk = 'no';
    else this.#memory.remove(held);
    return held.sending;
  }

  /** What is being written counts no longer: else what comes while the disk is slow, the newest, would go. */
  #boundMemory(): void {
    const { lost, monotonicMs } = this.#options;
    const unstored = this.#memory.unstored;
    let bytes = bytesOf(unstored);
    if (bytes <= MEMORY_MAX_BYTES) return;
    if (this.#storing === undefined && monotonicMs() >= this.#diskRetryAt) {
      void this.#relieve();
      return;
    }
    for (const message of unstored) {
      if (bytes <= MEMORY_MAX_BYTES) return;
      if (message.sending) continue;
      bytes -= message.bytes;
      this.#memory.remove(message);
      lost(1, 'no-room');
    }
  }

  get #blockBytes(): number {
    return Math.min(WRITE_MAX_BYTES, this.#options.maxBytes * WRITE_MAX_SHARE);
  }

  #outgoing({ seq, content }: HeldMessage): OutboxMessage {
    const { boot, machineBoot } = this.#options;
    return { boot, seq, machineBoot, content };
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
