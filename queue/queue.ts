import { setTimeout as delay, setImmediate as immediate } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { CampusError } from '../contract/errors.ts';
import { packBlock } from './append-block.ts';
import type { Damage } from './damage.ts';
import type { AppendInput, AppendOutcome, QueueMessage, QueueStats, ReadLimit } from './message.ts';
import type { AppendResult, QueueFileOptions } from './queue-file.ts';
import { CONSUMER_DEFAULT } from './queue-reader.ts';
import type { QueueOpened, QueueReply, QueueRequest } from './worker.ts';

export type { Damage } from './damage.ts';
export type { AppendInput, AppendOutcome, QueueMessage, QueueStats, ReadLimit } from './message.ts';

/** One commit takes at most this many messages and bytes, so that one fsync never keeps the first of them waiting for long. */
const BLOCK_MESSAGES = 4096;
const BLOCK_BYTES = 4 * 1024 * 1024;

/**
 * Commits begin this long after one another at least, unless a full block waits: an fsync and the messages between two threads cost the
 * same for one message as for a hundred. One that comes alone, as most do on a quiet day, does not wait.
 */
const GATHER_MS = 4;

/** The thread hands bytes to SQLite and keeps nothing. */
const YOUNG_GENERATION_MB = 8;

interface Waiting {
  input: AppendInput;
  resolve: (outcome: AppendOutcome) => void;
  reject: (error: CampusError) => void;
}

/**
 * A durable first-in-first-out queue on SQLite in a worker thread: the agent's outbox, the gateway's spool, the uplink.
 * `append` resolves after the commit. While one commit runs, further appends gather and share the next: the busier the queue,
 * the larger its transactions, and an idle one answers within one fsync.
 */
export class DurableQueue {
  /** The queue's file, for a `QueueReader` of another thread. */
  readonly path: string;
  readonly #worker: Worker;
  readonly #replies: ((reply: QueueReply) => void)[] = [];
  #waiting: Waiting[] = [];
  #committing = false;
  #committedAt = Number.NEGATIVE_INFINITY;
  #failure: CampusError | undefined;
  #onDied: ((error: CampusError) => void) | undefined;
  /** What was found when opening, if the file was damaged: somebody should be told. */
  damage: Damage | undefined;

  private constructor(worker: Worker, path: string) {
    this.#worker = worker;
    this.path = path;
    worker.on('message', (reply: QueueReply) => this.#replies.shift()?.(reply));
    worker.on('error', (error) =>
      this.#fail(new CampusError('queue_failed', `the queue's thread died: ${error.message}`)),
    );
    worker.on('exit', () => this.#fail(new CampusError('queue_closed', 'the queue is closed')));
  }

  /**
   * Opens or makes the file at `path`.
   * @throws CampusError `queue_failed` when the disk does not allow it
   */
  static async open(options: {
    path: string;
    /** Bytes of messages held at most; `append` fails with `queue_full` beyond. */
    maxBytes: number;
    /** Who acknowledges; one consumer when absent. */
    consumers?: readonly string[];
    /** Told when the queue's thread dies by itself; nothing is stored any more from then on. */
    onDied?: (error: CampusError) => void;
    /** The highest position that a consumer remembers elsewhere: new messages come after it. */
    after?: number;
  }): Promise<DurableQueue> {
    const { onDied, ...file } = options;
    const workerData: QueueFileOptions = { consumers: [CONSUMER_DEFAULT], ...file };
    const queue = new DurableQueue(
      new Worker(new URL('./worker.ts', import.meta.url), {
        workerData,
        resourceLimits: { maxYoungGenerationSizeMb: YOUNG_GENERATION_MB },
      }),
      options.path,
    );
    try {
      queue.damage = ((await queue.#reply()) as QueueOpened).damage;
    } catch (error) {
      throw new CampusError('queue_failed', `cannot open the queue ${options.path}: ${(error as Error).message}`, {
        cause: error,
      });
    }
    queue.#onDied = onDied;
    return queue;
  }

  /**
   * Stores a message. Resolves once it is on the disk.
   * @throws CampusError `queue_full` (nothing was stored; try again after acknowledging), `queue_failed`, `queue_closed`
   */
  append(input: AppendInput): Promise<AppendOutcome> {
    return new Promise((resolve, reject) => {
      if (this.#failure !== undefined) return reject(this.#failure);
      this.#waiting.push({ input, resolve, reject });
      if (!this.#committing) {
        this.#committing = true;
        void this.#commit();
      }
    });
  }

  /** The messages after a position, oldest first, within the limits. */
  async read(after: number, limit: ReadLimit): Promise<QueueMessage[]> {
    return (await this.#request({ op: 'read', after, limit })) as QueueMessage[];
  }

  /** A consumer has done with every message up to and including this position; when all have, they are deleted. */
  async acknowledge(upTo: number, consumer: string = CONSUMER_DEFAULT): Promise<void> {
    await this.#request({ op: 'acknowledge', consumer, upTo });
  }

  /** Forgets which messages of a key have come: one that comes again is stored again. */
  async forget(key: string): Promise<void> {
    await this.#request({ op: 'forget', key });
  }

  async stats(): Promise<QueueStats> {
    return (await this.#request({ op: 'stats' })) as QueueStats;
  }

  /** Commits what waits and closes the file. */
  async close(): Promise<void> {
    if (this.#failure !== undefined) return;
    this.#onDied = undefined;
    while (this.#committing) await new Promise((resolve) => setImmediate(resolve));
    const exited = new Promise((resolve) => this.#worker.once('exit', resolve));
    await this.#request({ op: 'close' });
    await exited;
  }

  async #commit(): Promise<void> {
    while (this.#waiting.length > 0) {
      await this.#gathered();
      const taken = this.#take();
      const block = packBlock(taken.map(({ input }) => input));
      try {
        const result = (await this.#request({ op: 'append', block }, [block.body.buffer])) as AppendResult;
        // What came later is refused, too: a smaller message may not overtake a larger one.
        settle(result.full ? [...taken, ...this.#waiting.splice(0)] : taken, result);
      } catch (error) {
        for (const { reject } of taken) reject(error as CampusError);
      }
    }
    this.#committing = false;
  }

  /** Resolves when the next commit is due; what arrives meanwhile shares it. */
  async #gathered(): Promise<void> {
    const wait = this.#committedAt + GATHER_MS - performance.now();
    // What arrives in the same turn of the event loop, such as one socket read, always comes together.
    if (wait <= 0 || this.#waiting.length >= BLOCK_MESSAGES) await immediate();
    else await delay(wait);
    this.#committedAt = performance.now();
  }

  #take(): Waiting[] {
    let bytes = 0;
    const end = this.#waiting.findIndex(({ input }, index) => {
      bytes += input.body.byteLength;
      return index > 0 && (index >= BLOCK_MESSAGES || bytes > BLOCK_BYTES);
    });
    return this.#waiting.splice(0, end === -1 ? this.#waiting.length : end);
  }

  #request(request: QueueRequest, transfer: ArrayBuffer[] = []): Promise<unknown> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    this.#worker.postMessage(request, transfer);
    return this.#reply();
  }

  /** The worker's next answer; it answers in order. */
  #reply(): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.#replies.push((reply) => {
        if (reply.ok) resolve(reply.value);
        else reject(this.#failure ?? new CampusError('queue_failed', `the queue cannot write: ${reply.message}`));
      });
    });
  }

  #fail(error: CampusError): void {
    if (this.#failure !== undefined) return;
    this.#failure = error;
    const message = error.message;
    for (const reply of this.#replies.splice(0)) reply({ ok: false, message });
    for (const { reject } of this.#waiting.splice(0)) reject(error);
    this.#onDied?.(error);
  }
}

function settle(taken: readonly Waiting[], result: AppendResult): void {
  if (result.full) {
    const error = new CampusError('queue_full', 'the queue has reached its bound: nothing was stored, try again later');
    for (const { reject } of taken) reject(error);
    return;
  }
  const duplicates = new Set(result.duplicates);
  for (const [index, { resolve }] of taken.entries()) resolve(duplicates.has(index) ? 'duplicate' : 'stored');
}
