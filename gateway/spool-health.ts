import { CampusError } from '../contract/errors.ts';
import type { Logger } from '../runtime/log.ts';
import type { SpoolAlert } from './alerts/spool-alert.ts';

/** Knows whether the spool takes messages, and says in the log and by an alert when that changes: devices keep their data meanwhile, people must know. */
export class SpoolHealth {
  readonly #log: Logger;
  readonly #alert: Pick<SpoolAlert, 'taken' | 'refused'>;
  #failure: CampusError | undefined;
  /** True when it has been said that the alert could not be raised: every message that is refused tries again. */
  #saidUnraised = false;

  constructor(log: Logger, alert: Pick<SpoolAlert, 'taken' | 'refused'>) {
    this.#log = log;
    this.#alert = alert;
  }

  /** False while messages are not acknowledged because they could not be made safe. */
  get accepting(): boolean {
    return this.#failure === undefined;
  }

  /** A message was committed. */
  succeeded(): void {
    this.#alert.taken();
    if (this.#failure === undefined) return;
    this.#failure = undefined;
    this.#log.info('the spool takes messages again');
  }

  /** A message could not be committed; other errors than the queue's are none of the spool's. */
  failed(error: unknown): void {
    if (!(error instanceof CampusError) || !error.code.startsWith('queue_')) return;
    if (this.#failure?.code !== error.code) {
      this.#log.error({ code: error.code }, `messages are not acknowledged, devices keep them: ${error.message}`);
    }
    this.#failure = error;
    try {
      this.#alert.refused(error.code);
      this.#saidUnraised = false;
    } catch (cause) {
      // The disk that is full is the registry's as well; the next refusal tries again.
      if (!this.#saidUnraised) this.#log.error({ err: cause }, 'the alert about the spool could not be raised');
      this.#saidUnraised = true;
    }
  }
}
