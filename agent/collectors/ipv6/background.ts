import type { Host } from '../../host/host.ts';

/** What a job has found since it was last asked for. */
export interface Findings<T> {
  /** Given once. */
  found: T | undefined;
  failure: Error | undefined;
}

/**
 * Runs a job beside the samples, no oftener than at its interval and never twice at a time: what waits for a network must not hold up
 * what does not.
 */
export class Background<T> {
  readonly #timeoutMs: number;
  readonly #stopping = new AbortController();
  #startedAt: number | undefined;
  #isRunning = false;
  #found: T | undefined;
  #failure: Error | undefined;

  /** @param timeoutMs after which the signal of a job fires */
  constructor(timeoutMs: number) {
    this.#timeoutMs = timeoutMs;
  }

  /** Starts the job when it is due, and gives what the last one found. A failure is told until a job succeeds. */
  update(host: Host, intervalMs: number, job: (signal: AbortSignal) => Promise<T>): Findings<T> {
    const now = host.monotonicMs();
    const due = this.#startedAt === undefined || now - this.#startedAt >= intervalMs;
    if (due && !this.#isRunning && !this.#stopping.signal.aborted) {
      this.#startedAt = now;
      this.#isRunning = true;
      void this.#run(job);
    }
    const found = this.#found;
    this.#found = undefined;
    return { found, failure: this.#failure };
  }

  stop(): void {
    this.#stopping.abort();
  }

  async #run(job: (signal: AbortSignal) => Promise<T>): Promise<void> {
    try {
      this.#found = await job(AbortSignal.any([this.#stopping.signal, AbortSignal.timeout(this.#timeoutMs)]));
      this.#failure = undefined;
    } catch (error) {
      this.#failure = error instanceof Error ? error : new Error(String(error));
    } finally {
      this.#isRunning = false;
    }
  }
}
