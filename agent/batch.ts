import type { Metric } from '../contract/telemetry.ts';

/** Collectors that run at the same time share a message; nobody notices a sample that comes this much later. */
const WINDOW_MS = 100;

/** Gathers the metrics of collectors that end at about the same time. */
export class Batch {
  readonly #send: (metrics: Metric[]) => void;
  #metrics: Metric[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(send: (metrics: Metric[]) => void) {
    this.#send = send;
  }

  add(metrics: readonly Metric[]): void {
    this.#metrics.push(...metrics);
    this.#timer ??= setTimeout(() => this.flush(), WINDOW_MS);
  }

  /** Sends what has been gathered at once. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const metrics = this.#metrics;
    this.#metrics = [];
    if (metrics.length > 0) this.#send(metrics);
  }
}
