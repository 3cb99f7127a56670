import { CampusError } from '../contract/errors.ts';
import type { Logger } from '../runtime/log.ts';

/** Knows whether the spool takes messages, and says in the log when that changes: devices keep their data meanwhile, people must know. */
export class SpoolHealth {
  readonly #log: Logger;
  #failure: CampusError | undefined;

  constructor(log: Logger) {
    this.#log = log;
  }

  /** False while messages are not acknowledged because they could not be made safe. */
  get accepting(): boolean {
    return this.#failure === undefined;
  }

  /** A message was committed. */
  succeeded(): void {
    if (this.#failure === undefined) return;
    this.#failure = undefined;
    this.#log.info('the spool takes messages again');
  }

  /** A message could not be committed; other errors than the queue's are none of the spool's. */
  failed(error: unknown): void {
    if (!(error instanceof CampusError) || !error.code.startsWith('queue_')) return;
    if (this.#failure?.code === error.code) return;
    this.#failure = error;
    this.#log.error({ code: error.code }, `messages are not acknowledged, devices keep them: ${error.message}`);
  }
}
