import type { Client } from 'aedes';

/** How often unfinished packets are looked at in the time that one may take. */
const LOOKS = 10;

export interface SlowPacketsOptions {
  /** How long a packet may take from its first byte to its last, ms. */
  packetMs: number;
  /** True while the gateway itself reads nothing from the client: then it is not the client that is slow. */
  isHeld: (client: Client) => boolean;
  tooSlow: (client: Client) => void;
  /** Monotonic, ms. */
  now: () => number;
}

/** Ends connections on which a packet begins and does not end: each would keep what has come of it in memory for ever. */
export class SlowPackets {
  readonly #options: SlowPacketsOptions;
  readonly #since = new Map<Client, number>();
  #looking: NodeJS.Timeout | undefined;

  constructor(options: SlowPacketsOptions) {
    this.#options = options;
  }

  /** A packet has come to its end. */
  ended(client: Client): void {
    this.#since.delete(client);
  }

  /** A part of a packet has come. */
  unfinished(client: Client): void {
    if (this.#since.has(client)) return;
    this.#since.set(client, this.#options.now());
    this.#looking ??= setInterval(() => this.#look(), this.#options.packetMs / LOOKS).unref();
  }

  #look(): void {
    const { now, packetMs, isHeld, tooSlow } = this.#options;
    for (const [client, since] of this.#since) {
      if (client.closed) this.#since.delete(client);
      else if (isHeld(client)) this.#since.set(client, now());
      else if (now() - since > packetMs) {
        this.#since.delete(client);
        tooSlow(client);
      }
    }
    if (this.#since.size > 0) return;
    clearInterval(this.#looking);
    this.#looking = undefined;
  }
}
