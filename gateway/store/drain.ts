import type { CampusError } from '../../contract/errors.ts';
import { isDamage } from '../../queue/damage.ts';
import type { QueueMessage } from '../../queue/message.ts';
import type { QueueReader } from '../../queue/queue-reader.ts';
import { intactMessages, SpoolBatch } from './batch.ts';
import { DoubtfulMessages } from './doubtful-messages.ts';
import { pointCount } from './point-reader.ts';
import type { Store } from './store.ts';

/** One batch: large enough for a column store, small enough for its memory. */
const BATCH = { messages: 5000, bytes: 8 * 1024 * 1024 };
/**
 * While little arrives and nobody asks for it, a batch is written this often: each one costs the store a commit, an SD card a write, and a
 * small machine a dozen wake-ups.
 */
const INTERVAL_MS = 5000;
/** After a failure the next batch is this much smaller, after a success larger again: so one bad message is found in a few steps. */
const SHRINK = 8;
/** Waiting time after a failed write, doubled up to the second value while the store stays away. */
const RETRY_MS = [500, 10_000] as const;

export interface DrainReport {
  /** Position up to which everything is in the store to stay: the spool may forget it. */
  position: number;
  points: number;
  /** Field values left out because the store holds the field with another type. */
  skipped: number;
  /** Spool messages that could not be read back. */
  damaged: number;
}

export interface DrainOptions {
  store: Store;
  reader: QueueReader;
  /** Where to go on: the store's own position, or the spool's note of it. */
  position: number;
  onDrained: (report: DrainReport) => void;
  /** The store does not take this message, though it takes others: it is left out, for nothing may wait behind it for ever. */
  onSetAside: (message: QueueMessage, error: CampusError) => void;
  /** Nothing is left to write, and the store works: time for what is done beside. It does not fail. */
  onIdle?: () => Promise<void>;
  /** A clock that never goes back, ms. */
  elapsed: () => number;
  /** The store is away; called at each failed attempt. */
  onFailure: (error: Error, retryInMs: number) => void;
}

/** Moves messages from the spool into one store, in order, in batches, for as long as it takes. */
export class Drain {
  readonly #options: DrainOptions;
  /** What the store has taken. */
  #position: number;
  /** What is on its disk, too, but for messages in doubt: where to go on when it died. */
  #durable: number;
  /** The position of the last report. */
  #told: number;
  #retryMs: number = RETRY_MS[0];
  /** Messages of the next batch at most. */
  #size = BATCH.messages;
  /** Positions of the batch that failed last, until the store has all of it: what it failed over is among these. */
  #suspects: { first: number; last: number } | undefined;
  #wake: () => void = () => {};
  /** Whether the next batch is to be written without waiting for the interval. */
  #hurry = false;
  /** Whether the store is away, so that nobody should wait for it. */
  #away = false;
  /** Who waits for the end of the next batch. */
  #waiting: (() => void)[] = [];
  #stopping = false;
  readonly #doubtful: DoubtfulMessages;
  readonly #done: Promise<void>;

  constructor(options: DrainOptions) {
    this.#options = options;
    this.#position = options.position;
    this.#durable = options.position;
    this.#told = options.position;
    this.#doubtful = new DoubtfulMessages(options);
    this.#done = this.#run();
  }

  /** Everything up to this position is in the store to stay. */
  get position(): number {
    return this.#doubtful.settledUpTo(this.#durable);
  }

  /** Writes what is left as far as the store takes it at once, and ends. */
  async stop(): Promise<void> {
    this.#stopping = true;
    this.#wake();
    await this.#done;
  }

  /** Much has arrived: the next batch is written at once, unless the store is away. */
  hurry(): void {
    if (this.#away) return;
    this.#hurry = true;
    this.#wake();
  }

  /** Resolves when the store has taken what is in the spool now, up to one full batch; at once when it is away. */
  async caughtUp(): Promise<void> {
    if (this.#away || this.#stopping) return;
    const taken = new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.hurry();
    await taken;
  }

  async #run(): Promise<void> {
    while (true) {
      const started = performance.now();
      this.#hurry = false;
      const waiting = this.#waiting.splice(0);
      const outcome = await this.#step();
      this.#away = outcome === 'failed';
      for (const resolve of waiting) resolve();
      if (this.#stopping && outcome !== 'more') return this.#letGo();
      if (outcome === 'failed') {
        this.#letGo();
        await this.#pause(this.#nextRetry());
      } else if (outcome === 'empty' && !this.#hurry) {
        await this.#options.onIdle?.();
        await this.#pause(Math.max(0, INTERVAL_MS - (performance.now() - started)));
      }
    }
  }

  /** Nobody is to wait for a batch that will not be. */
  #letGo(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  /** One batch: 'more' when the spool is likely to hold a full further one already, 'empty' when it does not. */
  async #step(): Promise<'more' | 'empty' | 'failed'> {
    let messages: QueueMessage[] = [];
    try {
      await this.#readDurable();
      const limit = this.#limit();
      const read = this.#options.reader.read(this.#position, { messages: limit, bytes: BATCH.bytes });
      const { position } = read.at(-1) ?? {};
      if (position === undefined) return await this.#idle();
      messages = read.filter((message) => !this.#doubtful.has(message.position));
      if (messages.length === 0) {
        this.#position = position;
        return 'more';
      }
      await this.#write(messages, position);
      const bytes = messages.reduce((sum, { body }) => sum + body.byteLength, 0);
      const full = read.length === limit || bytes > BATCH.bytes / 2;
      this.#grow();
      return full ? 'more' : 'empty';
    } catch (error) {
      // Trying again would not mend the spool: the thread ends, and with it the process, whose next start saves what can be read.
      if (isDamage(error)) throw error;
      const [only, ...others] = messages;
      if (only !== undefined && others.length === 0 && this.#doubtful.add(only, error)) {
        this.#position = only.position;
        return 'more';
      }
      this.#doubtful.forget();
      this.#position = await this.#positionAfterFailure();
      if (only !== undefined) this.#narrow(messages, only);
      this.#options.onFailure(error as Error, this.#retryMs);
      return 'failed';
    }
  }

  /**
   * Messages of the next batch at most. A store that is behind with its disk has what came before the suspects written again: with a batch
   * that holds them again, nothing would ever come of it.
   */
  #limit(): number {
    const before = (this.#suspects?.first ?? 0) - 1 - this.#position;
    return before > 0 ? Math.min(BATCH.messages, before) : this.#size;
  }

  #narrow(messages: readonly QueueMessage[], { position: first }: QueueMessage): void {
    this.#size = Math.max(1, Math.floor(messages.length / SHRINK));
    this.#suspects = { first, last: messages.at(-1)?.position ?? first };
  }

  #grow(): void {
    if (this.#suspects !== undefined && this.#position < this.#suspects.last) return;
    this.#suspects = undefined;
    this.#size = Math.min(BATCH.messages, this.#size * SHRINK);
  }

  /** A store that failed over a batch may hold it all the same, as one that died after its commit does; where it keeps a position it knows. */
  async #positionAfterFailure(): Promise<number> {
    try {
      this.#durable = Math.max(this.#durable, (await this.#options.store.position()) ?? 0);
    } catch {
      // A store that cannot even be asked is asked again after the next attempt, which then fails as well.
    }
    return this.#durable;
  }

  /** @param position up to which the spool was read: messages in doubt may lie behind the last of these */
  async #write(messages: readonly QueueMessage[], position: number): Promise<void> {
    const { intact, damaged } = intactMessages(messages);
    const { skipped } = await this.#options.store.write(new SpoolBatch(intact, position));
    if (intact.length > 0) await this.#doubtful.settle(position);
    const points = intact.reduce((sum, { body }) => sum + pointCount(body), 0);
    this.#position = position;
    if (this.#options.store.durablePosition === undefined) this.#durable = position;
    this.#retryMs = RETRY_MS[0];
    this.#tell({ points, skipped, damaged });
  }

  /** Nothing waits in the spool but what is in doubt. */
  async #idle(): Promise<'empty'> {
    await this.#doubtful.tryAlone(this.#position);
    if (this.#options.store.durablePosition === undefined) this.#durable = this.#position;
    if (this.position > this.#told) this.#tell();
    return 'empty';
  }

  /** Where a written batch reaches the disk some time later: looks what is there by now. It fails when the server lost some of it. */
  async #readDurable(): Promise<void> {
    if (this.#durable === this.#position) return;
    const durable = await this.#options.store.durablePosition?.();
    if (durable === undefined || durable <= this.#durable) return;
    this.#durable = durable;
    this.#tell();
  }

  #tell({ points, skipped, damaged } = { points: 0, skipped: 0, damaged: 0 }): void {
    this.#told = this.position;
    this.#options.onDrained({ position: this.#told, points, skipped, damaged });
  }

  /** While a smaller batch can be tried there is no reason to wait for longer. */
  #nextRetry(): number {
    if (this.#size > 1) return RETRY_MS[0];
    const delay = this.#retryMs;
    this.#retryMs = Math.min(delay * 2, RETRY_MS[1]);
    return delay;
  }

  #pause(ms: number): Promise<void> {
    if (this.#stopping) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
