import type { Sample } from './metric.ts';

/** Collectors that run at the same time share a message; nobody notices a sample that comes this much later. */
const WINDOW_MS = 100;

/** Gathers the samples of collectors that end at about the same time. */
export class Batch {
  readonly #send: (samples: Sample[]) => void;
  #samples: Sample[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(send: (samples: Sample[]) => void) {
    this.#send = send;
  }

  add(samples: readonly Sample[]): void {
    this.#samples.push(...samples);
    this.#timer ??= setTimeout(() => this.flush(), WINDOW_MS);
  }

  /** Sends what has been gathered at once. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const samples = this.#samples;
    this.#samples = [];
    if (samples.length > 0) this.#send(samples);
  }
}
