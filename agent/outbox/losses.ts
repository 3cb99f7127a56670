import type { Logger } from '../../runtime/log.ts';
import { type AgentEvent, outboxFull, outboxHasRoom, samplesUndated } from '../events.ts';
import type { Loss } from './message.ts';

/** While samples go on being dropped, an event says how many so far, this often. */
const EVENT_EVERY_MS = 3600_000;
/** What is given up in one go is one line in the log and one event. */
const GATHER_MS = 2000;

export interface LossesOptions {
  monotonicMs: () => number;
  raise: (event: AgentEvent) => void;
  log: Logger;
}

/** Counts the telemetry that the outbox gives up, and says so: in the log, and by events that the administrator sees. */
export class Losses {
  readonly #options: LossesOptions;
  #saidAt = Number.NEGATIVE_INFINITY;
  /** Messages dropped for want of room since there was room last. */
  #burst = 0;
  #gathered: Partial<Record<Loss, number>> = {};
  #timer: NodeJS.Timeout | undefined;
  /** Messages dropped for want of room, because they were older than the gateway takes, or damaged on disk. */
  dropped = 0;
  /** Messages dropped because nobody knows when they were made. */
  undated = 0;

  constructor(options: LossesOptions) {
    this.#options = options;
  }

  add(messages: number, loss: Loss): void {
    if (loss === 'undated') this.undated += messages;
    else this.dropped += messages;
    if (loss === 'no-room') this.#noRoom(messages);
    else {
      this.#gathered[loss] = (this.#gathered[loss] ?? 0) + messages;
      this.#timer ??= setTimeout(() => this.flush(), GATHER_MS);
    }
  }

  /** There is room: a burst of drops, if there was one, is over. */
  roomAgain(): void {
    if (this.#burst === 0) return;
    const { log, raise } = this.#options;
    log.info({ dropped: this.#burst }, `the outbox has room again; ${this.#burst} messages were dropped meanwhile`);
    raise(outboxHasRoom(this.#burst));
    this.#burst = 0;
    this.#saidAt = Number.NEGATIVE_INFINITY;
  }

  /** Says at once what has been gathered. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const { log, raise } = this.#options;
    const { undated = 0, expired = 0, damaged = 0 } = this.#gathered;
    this.#gathered = {};
    if (undated > 0) {
      log.warn({ undated }, `${undated} messages of an earlier start cannot be dated and were dropped`);
      raise(samplesUndated(undated));
    }
    if (expired > 0) log.warn({ expired }, `${expired} messages were older than the gateway takes and were dropped`);
    if (damaged > 0) log.warn({ damaged }, `${damaged} messages were damaged on disk and were dropped`);
  }

  #noRoom(messages: number): void {
    const { log, raise, monotonicMs } = this.#options;
    this.#burst += messages;
    const now = monotonicMs();
    if (now - this.#saidAt < EVENT_EVERY_MS) return;
    this.#saidAt = now;
    log.warn({ dropped: this.#burst }, 'the outbox is full: the oldest samples are dropped');
    raise(outboxFull(this.#burst));
  }
}
