import type { Logger } from '../../runtime/log.ts';
import type { OutboxFile, StoredMessage } from './outbox-file.ts';

/** Messages read from the disk at a time, and deleted in one transaction. */
const READ_MESSAGES = 64;
/** Messages of the backlog on their way at a time: fresh ones keep a window of their own. */
const WINDOW = 8;
/** The file is closed, and its thread with it, when nothing has been written for so long. */
const CLOSE_AFTER_MS = 30_000;

export interface BacklogOptions {
  file: OutboxFile;
  log: Logger;
  boot: string;
  /** True for a message of this run that is still to be sent, or on its way, from memory. */
  isLive: (seq: number) => boolean;
  /** True once acknowledged, false when the connection is lost before. */
  send: (payload: string) => Promise<boolean>;
}

/** Sends what lies on disk, oldest first, and deletes it once the gateway has acknowledged it. */
export class Backlog {
  readonly #options: BacklogOptions;
  /** Messages of this run that are on disk but were acknowledged from memory: they are deleted without being sent again. */
  readonly #acknowledged = new Set<number>();
  #running: Promise<void> | undefined;
  #again = false;
  #stopped = false;
  #closing: NodeJS.Timeout | undefined;

  constructor(options: BacklogOptions) {
    this.#options = options;
  }

  /** Sends until nothing is left or the connection is lost. Does nothing while there is nothing on disk. */
  start(): void {
    if (this.#stopped || !this.#options.file.inUse) return;
    this.#again = true;
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined;
    });
  }

  /** A message of this run that is on disk, or about to be, has been acknowledged. */
  acknowledged(seq: number): void {
    this.#acknowledged.add(seq);
    this.start();
  }

  /** A message did not reach the disk after all. */
  notStored(seq: number): void {
    this.#acknowledged.delete(seq);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#closing);
    await this.#running;
  }

  async #run(): Promise<void> {
    clearTimeout(this.#closing);
    try {
      while (this.#again && !this.#stopped) {
        this.#again = false;
        while (await this.#sendSome()) {
          if (this.#stopped) return;
        }
      }
    } catch (error) {
      this.#options.log.error({ err: error }, 'the outbox on disk cannot be read: its messages stay there');
    }
    this.#closing = setTimeout(() => this.#closeWhenEmpty(), CLOSE_AFTER_MS).unref();
  }

  /** One round; true when all of it is done and there may be more. */
  async #sendSome(): Promise<boolean> {
    const { file } = this.#options;
    const messages = await file.read(READ_MESSAGES);
    const done: (StoredMessage & { position: number })[] = [];
    for (let start = 0; start < messages.length; start += WINDOW) {
      const chunk = messages.slice(start, start + WINDOW);
      const results = await Promise.all(chunk.map((message) => this.#sendOne(message)));
      const failed = results.indexOf(false);
      done.push(...(failed === -1 ? chunk : chunk.slice(0, failed)));
      if (failed !== -1) break;
    }
    const last = done.at(-1);
    if (last === undefined) return false;
    await file.acknowledge(last.position);
    for (const { boot, seq } of done) if (boot === this.#options.boot) this.#acknowledged.delete(seq);
    return done.length === messages.length;
  }

  async #sendOne({ boot, seq, payload }: StoredMessage): Promise<boolean> {
    if (boot === this.#options.boot) {
      if (this.#acknowledged.has(seq)) return true;
      if (this.#options.isLive(seq)) return false;
    }
    return this.#options.send(payload);
  }

  #closeWhenEmpty(): void {
    if (this.#options.file.inUse || this.#running !== undefined) return;
    this.#options.file.close().catch((error: unknown) => {
      this.#options.log.warn({ err: error }, 'closing the outbox failed');
    });
  }
}
