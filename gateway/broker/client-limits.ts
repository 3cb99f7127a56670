import type { VerifiedPrincipal } from '../access/principal.ts';
import { brokerLimits } from './limits.ts';
import { TokenBucket } from './token-bucket.ts';

export interface ClientRates {
  /** Messages a second that one client may send before it is slowed. */
  messagesPerSecond: number;
  /** Bytes of payload a second, likewise; without a bound when it is absent. */
  bytesPerSecond?: number;
}

/** What one client may take, counted from its log-in to its end. Times are monotonic ms. */
export class ClientLimits {
  readonly #messages: TokenBucket;
  readonly #bytes: TokenBucket | undefined;
  readonly #subscribes: TokenBucket;
  readonly #control: TokenBucket | undefined;

  constructor(
    { kind }: Pick<VerifiedPrincipal, 'kind'>,
    { messagesPerSecond, bytesPerSecond }: ClientRates,
    now: number,
  ) {
    const { burstSeconds, subscribes, controlPackets } = brokerLimits;
    this.#messages = new TokenBucket(messagesPerSecond, messagesPerSecond * burstSeconds, now);
    if (bytesPerSecond !== undefined) this.#bytes = new TokenBucket(bytesPerSecond, bytesPerSecond * burstSeconds, now);
    this.#subscribes = new TokenBucket(subscribes.perSecond, subscribes.burst, now);
    // The flows acknowledge every state, event and alert that they get.
    if (kind !== 'flows') this.#control = new TokenBucket(controlPackets.perSecond, controlPackets.burst, now);
  }

  /** Counts a message. @returns how long it has to wait, 0 when not at all */
  message(bytes: number, now: number): number {
    return Math.max(this.#messages.take(now), this.#bytes?.take(now, bytes) ?? 0);
  }

  /** Counts a filter that is subscribed to. @returns false for one too many */
  subscribe(now: number): boolean {
    return this.#subscribes.tryTake(now);
  }

  /** Counts a packet that is no message. @returns false for one too many */
  control(now: number): boolean {
    return this.#control?.tryTake(now) ?? true;
  }
}
