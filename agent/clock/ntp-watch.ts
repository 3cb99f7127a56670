import type { Logger } from '../../runtime/log.ts';
import type { Host } from '../host/host.ts';
import { ntpHoldsClock, timesyncHasSynchronised } from './ntp.ts';

/** How often the file of systemd-timesyncd is looked for. */
const FILE_EVERY_MS = 15_000;
/** Asking starts a process, so the pause before the next time grows, until NTP has set the clock. */
const FIRST_PAUSE_MS = 60_000;
const PAUSE_GROWTH = 4;
const LAST_PAUSE_MS = 3600_000;

export interface NtpWatchOptions {
  host: Host;
  log: Logger;
  /** Called when NTP has come to hold the clock. */
  onSynchronised: () => void;
}

/** Knows whether NTP holds this machine's clock. Asks until it does, and again when the clock was stepped by somebody. */
export class NtpWatch {
  readonly #options: NtpWatchOptions;
  readonly #stopped = new AbortController();
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<void> | undefined;
  #pause = FIRST_PAUSE_MS;
  #askAt = 0;
  /** The file tells that the clock was set once; after a step, only asking tells who did that. */
  #fileTells = true;
  #doubts = 0;
  synchronised = false;

  constructor(options: NtpWatchOptions) {
    this.#options = options;
  }

  start(): void {
    this.#look();
    this.#timer = setInterval(() => this.#look(), FILE_EVERY_MS);
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#stopped.abort();
  }

  /** Resolves when the look that is being taken, if one is, has ended. */
  get looked(): Promise<void> {
    return this.#looking ?? Promise.resolve();
  }

  /** The clock was stepped: by NTP, or by somebody whom NTP will correct. */
  doubt(): void {
    this.synchronised = false;
    this.#fileTells = false;
    this.#doubts += 1;
    this.#pause = FIRST_PAUSE_MS;
    this.#askAt = 0;
    this.#look();
  }

  #look(): void {
    if (this.synchronised || this.#stopped.signal.aborted) return;
    this.#looking ??= this.#ask().finally(() => {
      this.#looking = undefined;
    });
  }

  async #ask(): Promise<void> {
    const { log, onSynchronised } = this.#options;
    try {
      while (true) {
        const doubts = this.#doubts;
        const synchronised = await this.#isSynchronised();
        // What was found out before a step says nothing about the clock after it.
        if (doubts !== this.#doubts) continue;
        this.synchronised = synchronised;
        break;
      }
    } catch (error) {
      log.warn({ err: error }, 'whether NTP has set the clock cannot be found out');
    }
    if (this.synchronised) onSynchronised();
  }

  async #isSynchronised(): Promise<boolean> {
    return (this.#fileTells && (await timesyncHasSynchronised(this.#options.host))) || (await this.#askWhenDue());
  }

  async #askWhenDue(): Promise<boolean> {
    const { host } = this.#options;
    const now = host.monotonicMs();
    if (now < this.#askAt) return false;
    this.#askAt = now + this.#pause;
    this.#pause = Math.min(LAST_PAUSE_MS, this.#pause * PAUSE_GROWTH);
    return ntpHoldsClock(host, this.#stopped.signal);
  }
}
