import { setTimeout as delay } from 'node:timers/promises';
import type { Metric } from '../../contract/telemetry.ts';
import type { Logger } from '../../runtime/log.ts';
import { Backlog } from './backlog.ts';
import { type HeldMessage, Memory } from './memory.ts';
import { OutboxFile } from './outbox-file.ts';
import { encodeMetrics, encodePayload } from './payload.ts';

/** A gateway that has not acknowledged within this time is taken for gone: messages go to disk. */
const ACKNOWLEDGED_WITHIN_MS = 2000;
/** Fresh messages on their way at a time; the backlog has as many of its own. */
const WINDOW = 8;
/** Bytes held in memory, beyond which the oldest go when the disk does not take them. */
const MEMORY_MAX_BYTES = 4 * 1024 * 1024;
/** A disk that failed is tried again after this time. */
const DISK_RETRY_MS = 30_000;

export interface OutboxOptions {
  path: string;
  maxBytes: number;
  durability: 'auto' | 'always';
  /** Names this run of the agent. */
  boot: string;
  monotonicMs: () => number;
  now: () => number;
  log: Logger;
  isConnected: () => boolean;
  /** Sends a payload; true once it is acknowledged, false when there is no connection or it is lost before. */
  publish: (payload: string) => Promise<boolean>;
}

/**
 * Keeps every message until the gateway has acknowledged it: in memory while that takes less than 2 s, on disk when it does not and
 * when the agent stops, so that a gateway that works wears out no SD card. Fresh messages go first; those from the disk
 * follow beside them, marked as replayed.
 */
export class Outbox {
  readonly #options: OutboxOptions;
  readonly #file: OutboxFile;
  readonly #backlog: Backlog;
  readonly #memory = new Memory();
  #sending = 0;
  #timer: NodeJS.Timeout | undefined;
  #storing: Promise<void> | undefined;
  #diskRetryAt = 0;
  #dropping = false;
  #closed = false;
  /** Messages dropped for want of room. */
  dropped = 0;
  /** Messages acknowledged by the gateway. */
  published = 0;

  constructor(options: OutboxOptions) {
    const { path, maxBytes, log, boot } = options;
    this.#options = options;
    this.#file = new OutboxFile({ path, maxBytes, log });
    const isLive = (seq: number): boolean => this.#memory.has(seq);
    this.#backlog = new Backlog({ file: this.#file, log, boot, isLive, send: (payload) => this.#publish(payload) });
  }

  /** Messages waiting, in memory and on disk. */
  get messages(): number {
    return this.#unstored().length + this.#file.messages;
  }

  /** Bytes waiting, in memory and on disk. */
  get bytes(): number {
    return this.#unstored().reduce((sum, { metrics }) => sum + metrics.length, this.#file.bytes);
  }

  /** Takes metrics and sends them as soon as possible. */
  add(metrics: readonly Metric[]): void {
    if (this.#dropping && this.messages === 0) this.#endOfDropping();
    for (const list of encodeMetrics(metrics)) this.#memory.add(list, this.#options.monotonicMs());
    if (this.#options.durability === 'always') void this.#store();
    this.#sendLive();
    this.#boundMemory();
    this.#watch();
  }

  /** There is a connection: what waits is sent. */
  connected(): void {
    this.#sendLive();
    this.#backlog.start();
  }

  /** Waits until the gateway has acknowledged what is in memory, at most so many milliseconds. */
  async settle(ms: number): Promise<void> {
    const deadline = this.#options.monotonicMs() + ms;
    while (this.#options.isConnected() && !this.#memory.empty && this.#options.monotonicMs() < deadline)
      await delay(10);
  }

  /** Writes what the gateway has not acknowledged to disk. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    await this.#backlog.stop();
    await this.#storing;
    this.#diskRetryAt = 0;
    await this.#store();
    await this.#file.close();
  }

  #sendLive(): void {
    for (const message of this.#memory.filter(({ sending }) => !sending)) {
      if (!this.#options.isConnected() || this.#sending >= WINDOW) return;
      void this.#sendOne(message);
    }
  }

  async #sendOne(message: HeldMessage): Promise<void> {
    const { seq, metrics } = message;
    message.sending = true;
    this.#sending += 1;
    const acknowledged = await this.#publish(
      encodePayload({ metrics, boot: this.#options.boot, seq, replayed: false }),
    );
    message.sending = false;
    this.#sending -= 1;
    if (acknowledged) {
      this.#memory.remove(message);
      if (message.onDisk !== 'no') this.#backlog.acknowledged(seq);
      // Without an acknowledgement there is a new connection to wait for.
      this.#sendLive();
    }
    this.#watch();
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
    const messages = this.#unstored();
    if (messages.length === 0) return this.#storing;
    if (this.#options.monotonicMs() < this.#diskRetryAt) return;
    for (const message of messages) message.onDisk = 'writing';
    this.#storing = this.#write(messages).finally(() => {
      this.#storing = undefined;
    });
    await this.#storing;
  }

  async #write(messages: readonly HeldMessage[]): Promise<void> {
    const { boot, log, now, monotonicMs } = this.#options;
    const stored = messages.map(({ seq, metrics }) => ({
      boot,
      seq,
      payload: encodePayload({ metrics, boot, seq, replayed: true }),
    }));
    try {
      const dropped = await this.#file.append(stored, now());
      if (dropped > 0) this.#count(dropped, 'the outbox on disk is full');
      for (const message of messages) message.onDisk = 'yes';
      // What was acknowledged while it was being written is to be deleted again.
      this.#backlog.start();
    } catch (error) {
      log.error(
        { err: error },
        `the outbox cannot write to its disk: samples stay in memory, next try in ${DISK_RETRY_MS / 1000} s`,
      );
      this.#diskRetryAt = monotonicMs() + DISK_RETRY_MS;
      for (const message of messages) {
        message.onDisk = 'no';
        this.#backlog.notStored(message.seq);
      }
      this.#boundMemory();
    }
  }

  #boundMemory(): void {
    if (this.#memory.bytes <= MEMORY_MAX_BYTES) return;
    if (this.#storing === undefined && this.#options.monotonicMs() >= this.#diskRetryAt) {
      void this.#relieve();
      return;
    }
    for (const message of this.#memory.filter(({ onDisk, sending }) => onDisk === 'no' && !sending)) {
      if (this.#memory.bytes <= MEMORY_MAX_BYTES) return;
      this.#memory.remove(message);
      this.#count(1, 'the memory of the outbox is full and the disk takes nothing');
    }
  }

  #unstored(): HeldMessage[] {
    return this.#memory.filter(({ onDisk }) => onDisk === 'no');
  }

  /** A burst of drops is one line in the log, and one at its end. */
  #count(dropped: number, why: string): void {
    this.dropped += dropped;
    if (!this.#dropping) this.#options.log.warn({ dropped: this.dropped }, `${why}: the oldest samples are dropped`);
    this.#dropping = true;
  }

  #endOfDropping(): void {
    this.#dropping = false;
    this.#options.log.info(
      { dropped: this.dropped },
      `the outbox has room again; ${this.dropped} messages were dropped since the start`,
    );
  }
}
