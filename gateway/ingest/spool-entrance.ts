import { setTimeout as delay } from 'node:timers/promises';
import { CampusError } from '../../contract/errors.ts';
import type { AppendInput, AppendOutcome, DurableQueue } from '../../queue/queue.ts';

/**
 * How long a message waits for room in a full spool before its sender is told to come back; it keeps the message. Aedes reads no ping
 * of a client meanwhile, so this is half of the 6 s after which an agent pings: waiting alone never looks like an agent that is gone.
 */
const FULL_WAIT_MS = 3000;
const FULL_RETRY_MS = 250;
/** Messages that try a full spool together; fewer when they do not fit, for they are taken together or not at all. */
const TOGETHER = 256;
const SHRINK = 4;

interface Waiting {
  input: AppendInput;
  /** When the sender is told to come back, monotonic ms. */
  until: number;
  resolve: (outcome: AppendOutcome) => void;
  reject: (error: unknown) => void;
}

/** The way into the spool. While that is full, messages wait here in the order in which they came, and whoever comes later waits behind them. */
export class SpoolEntrance {
  readonly #queue: Pick<DurableQueue, 'append'>;
  readonly #monotonicMs: () => number;
  #waiting: Waiting[] = [];
  #together = TOGETHER;
  #trying = false;

  constructor(queue: Pick<DurableQueue, 'append'>, monotonicMs: () => number) {
    this.#queue = queue;
    this.#monotonicMs = monotonicMs;
  }

  /**
   * Commits a message to the spool, as soon as there is room.
   * @throws CampusError `queue_full` when there is none for 3 s, and what `DurableQueue.append` throws
   */
  async append(input: AppendInput): Promise<AppendOutcome> {
    const until = this.#monotonicMs() + FULL_WAIT_MS;
    if (this.#waiting.length === 0) {
      try {
        return await this.#queue.append(input);
      } catch (error) {
        if (!isFull(error)) throw error;
      }
    }
    return new Promise((resolve, reject) => {
      this.#waiting.push({ input, until, resolve, reject });
      if (!this.#trying) void this.#try();
    });
  }

  async #try(): Promise<void> {
    this.#trying = true;
    while (this.#waiting.length > 0) {
      await delay(FULL_RETRY_MS);
      while (await this.#enter()) {
        // There was room: the next ones may find some, too.
      }
      this.#sendBack();
    }
    this.#trying = false;
  }

  /** Lets the first ones try; true when they were dealt with and others wait. */
  async #enter(): Promise<boolean> {
    const first = this.#waiting.slice(0, this.#together);
    const results = await Promise.allSettled(first.map(({ input }) => this.#queue.append(input)));
    const refused: Waiting[] = [];
    for (const [index, result] of results.entries()) {
      const waiting = first[index]!;
      if (result.status === 'fulfilled') waiting.resolve(result.value);
      else if (isFull(result.reason)) refused.push(waiting);
      else waiting.reject(result.reason);
    }
    this.#waiting.splice(0, first.length, ...refused);
    this.#together = refused.length > 0 ? Math.max(1, Math.floor(this.#together / SHRINK)) : TOGETHER;
    return refused.length < first.length && this.#waiting.length > 0;
  }

  /**
   * Whoever has waited for too long comes again, with all that waits of the same sender: its connection is closed over the first, and
   * what followed must not come before what it sends again.
   */
  #sendBack(): void {
    const now = this.#monotonicMs();
    const late = new Set(this.#waiting.filter(({ until }) => until <= now).map(({ input }) => input.key));
    if (late.size === 0) return;
    const staying: Waiting[] = [];
    for (const waiting of this.#waiting) {
      if (!late.has(waiting.input.key)) staying.push(waiting);
      else waiting.reject(new CampusError('queue_full', 'the spool has been full for too long: come again'));
    }
    this.#waiting = staying;
  }
}

function isFull(error: unknown): boolean {
  return error instanceof CampusError && error.code === 'queue_full';
}
