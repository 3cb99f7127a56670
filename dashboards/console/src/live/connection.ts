import { type ServerEvent, SseParser } from './sse.ts';

/** What the user sees of the stream. */
export type LiveState = 'connecting' | 'live' | 'reconnecting' | 'stopped';

export interface ConnectionOptions {
  /** Opens the stream; rejects when the gateway does not answer or refuses. */
  open: (signal: AbortSignal) => Promise<Response>;
  onEvent: (event: ServerEvent) => void;
  onState: (state: LiveState) => void;
  /** True when trying again is useless, such as after the session's end. */
  isFinal: (error: unknown) => boolean;
  /** 0 to 1, spreads the reconnects of many browsers. */
  random: () => number;
}

/** The gateway writes a comment every 15 s: after two and a half of those the line is dead, whatever TCP believes. */
export const SILENCE_MS = 40_000;
/** Wait before the first new try; doubled up to the last. */
export const RETRY_FIRST_MS = 500;
export const RETRY_LAST_MS = 10_000;

/** The wait before try number `attempt` (from 0), ms: exponential with up to 50 % jitter. */
export function retryDelayMs(attempt: number, random: () => number): number {
  const base = Math.min(RETRY_LAST_MS, RETRY_FIRST_MS * 2 ** Math.min(attempt, 10));
  return Math.round(base * (1 + random() / 2));
}

/**
 * Keeps one event stream open and says when it is not. It reads by `fetch` and not by EventSource, which hides
 * comments (so a dead line looks silent) and HTTP errors (so an ended session looks like an outage).
 */
export class LiveConnection {
  readonly #options: ConnectionOptions;
  #abort: AbortController | undefined;
  #silence: ReturnType<typeof setTimeout> | undefined;
  #wake: () => void = () => {};
  #lastByteAt = 0;

  constructor(options: ConnectionOptions) {
    this.#options = options;
  }

  /** Connects, and connects again whenever the stream ends, until `stop` or a final error. */
  async run(): Promise<void> {
    const stopping = new AbortController();
    this.#abort = stopping;
    this.#options.onState('connecting');
    for (let attempt = 0; !stopping.signal.aborted; attempt += 1) {
      const outcome = await this.#once(stopping.signal);
      if (outcome === 'final') break;
      if (outcome === 'was-live') attempt = 0;
      if (stopping.signal.aborted) break;
      this.#options.onState('reconnecting');
      await this.#sleep(retryDelayMs(attempt, this.#options.random));
    }
    this.#options.onState('stopped');
  }

  stop(): void {
    this.#abort?.abort();
    this.#wake();
  }

  /** Ends a wait for the next try, and a stream that fell silent while the machine slept. */
  nudge(now: number): void {
    this.#wake();
    if (now - this.#lastByteAt > SILENCE_MS) this.#endStream();
  }

  #endStream: () => void = () => {};

  async #once(stopping: AbortSignal): Promise<'was-live' | 'failed' | 'final'> {
    const ended = new AbortController();
    this.#endStream = () => ended.abort();
    let live = false;
    try {
      const response = await this.#options.open(AbortSignal.any([stopping, ended.signal]));
      live = true;
      this.#options.onState('live');
      await this.#read(response, ended);
    } catch (error) {
      if (this.#options.isFinal(error)) return 'final';
      // A stream that breaks is what this loop is for; the state tells the user.
    } finally {
      clearTimeout(this.#silence);
      ended.abort();
    }
    return live ? 'was-live' : 'failed';
  }

  async #read(response: Response, ended: AbortController): Promise<void> {
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    if (reader === undefined) return;
    const parser = new SseParser();
    for (;;) {
      this.#lastByteAt = Date.now();
      clearTimeout(this.#silence);
      this.#silence = setTimeout(() => ended.abort(), SILENCE_MS);
      const { done, value } = await reader.read();
      if (done) return;
      for (const event of parser.push(value)) this.#options.onEvent(event);
    }
  }

  #sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
