import type { AlertRequest } from '../../contract/alert.ts';

/** Requests kept while the gateway is away: one for each interface and mount of a large site. Above, the oldest is dropped. */
export const MAX_REQUESTS = 10_000;

/** A request under way. */
export interface QueuedRequest {
  readonly request: AlertRequest;
}

/**
 * Requests to the gateway until it has acknowledged them. Only the latest of one alert is kept: what rose and fell while the gateway
 * was away comes to nothing, and what it is told is how things stand.
 */
export class RequestQueue {
  readonly #limit: number;
  readonly #entries = new Map<string, QueuedRequest>();
  #dropped = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** How many requests were dropped because the queue was full, since the start. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Takes a request in place of an earlier one for the same alert. */
  put(request: AlertRequest): QueuedRequest {
    const key = JSON.stringify([request.rule, request.device, request.subject]);
    // Removed first, so that the order of the queue is the order in which things last changed.
    this.#entries.delete(key);
    const [oldest] = this.#entries.keys();
    if (oldest !== undefined && this.#entries.size >= this.#limit) {
      this.#entries.delete(oldest);
      this.#dropped += 1;
    }
    const entry = { request };
    this.#entries.set(key, entry);
    return entry;
  }

  /** The gateway has acknowledged a request. One that was replaced in the meantime leaves its successor where it is. */
  acknowledged({ request }: QueuedRequest): void {
    const key = JSON.stringify([request.rule, request.device, request.subject]);
    if (this.#entries.get(key)?.request === request) this.#entries.delete(key);
  }

  /** Everything not acknowledged, in order. */
  pending(): QueuedRequest[] {
    return [...this.#entries.values()];
  }
}
