import { setTimeout as delay } from 'node:timers/promises';
import type { Damage } from '../../queue/queue.ts';
import type { Logger } from '../../runtime/log.ts';
import { Backlog } from './backlog.ts';
import { DiskWriter } from './disk-writer.ts';
import { bytesOf, type HeldMessage, Memory } from './memory.ts';
import type { Loss, OutboxChannel, OutboxMessage } from './message.ts';
import { OutboxFile } from './outbox-file.ts';
import type { Encoded } from './payload.ts';

/** A gateway that has not acknowledged within this time is taken for gone: messages go to disk. */
const ACKNOWLEDGED_WITHIN_MS = 2000;
/** Fresh messages on their way at a time; the backlog has as many of its own. */
const WINDOW = 8;
/** Bytes that are in memory alone, beyond which the oldest go when the disk does not take them. */
const MEMORY_MAX_BYTES = 4 * 1024 * 1024;
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
  readonly #writer: DiskWriter;
  readonly #memory = new Memory();
  #sending = 0;
  #timer: NodeJS.Timeout | undefined;
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
    this.#writer = new DiskWriter({
      memory: this.#memory,
      file: this.#file,
      backlog: this.#backlog,
      maxBytes,
      boot,
      outgoing: (message) => this.#outgoing(message),
      monotonicMs,
      now: options.now,
      log,
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
    if (this.#options.durability === 'always') void this.#writer.store();
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
    await this.#writer.finish();
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
    } else if (message.onDisk === 'gone') {
      this.#memory.remove(message);
      this.#options.lost(1, 'no-room');
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
    const at = Math.max(oldest.since + ACKNOWLEDGED_WITHIN_MS, this.#writer.retryAt, now + 10);
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      const waited = this.#options.monotonicMs() - oldest.since;
      const late = this.#memory.has(oldest.seq) && waited >= ACKNOWLEDGED_WITHIN_MS;
      void (late ? this.#relieve() : Promise.resolve()).then(() => this.#watch());
    }, at - now);
  }

  /** Moves what is in memory to the disk. */
  async #relieve(): Promise<void> {
    await this.#writer.store();
    for (const message of this.#memory.filter(({ onDisk, sending }) => onDisk === 'yes' && !sending)) {
      this.#memory.remove(message);
    }
    this.#backlog.start();
  }

  /** What is being written counts no longer: else what comes while the disk is slow, the newest, would go. */
  #boundMemory(): void {
    const unstored = this.#memory.unstored;
    let bytes = bytesOf(unstored);
    if (bytes <= MEMORY_MAX_BYTES) return;
    if (this.#writer.free) {
      void this.#relieve();
      return;
    }
    for (const message of unstored) {
      if (bytes <= MEMORY_MAX_BYTES) return;
      if (message.sending) continue;
      bytes -= message.bytes;
      this.#memory.remove(message);
      this.#options.lost(1, 'no-room');
    }
  }

  #outgoing({ seq, content }: HeldMessage): OutboxMessage {
    const { boot, machineBoot } = this.#options;
    return { boot, seq, machineBoot, content };
  }
}
