import { limits } from '../../contract/limits.ts';
import type { Rejection } from '../../contract/payload.ts';
import { TokenBucket } from '../broker/token-bucket.ts';

/** Devices remembered: more than a site has. The one that was quiet the longest is forgotten first. */
const REMEMBERED = 10_000;

/** Bounds what one device may report as events, before anything is read or written. */
export class EventLimits {
  readonly #buckets = new Map<string, TokenBucket>();

  /**
   * @param device `{site}/{device}`
   * @param now monotonic, ms
   * @returns why the event is refused; undefined when it is not
   */
  refusal(device: string, payload: Uint8Array, now: number): Rejection | undefined {
    const { eventBytes, eventBurst, eventsPerMinute } = limits;
    if (payload.byteLength > eventBytes) {
      return {
        code: 'payload_too_large',
        detail: `expected an event of at most ${eventBytes} bytes, got ${payload.byteLength}`,
      };
    }
    const bucket = this.#buckets.get(device) ?? new TokenBucket(eventsPerMinute / 60, eventBurst, now);
    this.#buckets.delete(device);
    this.#buckets.set(device, bucket);
    if (this.#buckets.size > REMEMBERED) this.#buckets.delete(this.#buckets.keys().next().value ?? '');
    if (bucket.tryTake(now)) return undefined;
    return {
      code: 'event_limit',
      detail: `expected at most ${eventBurst} events at once and ${eventsPerMinute} a minute`,
    };
  }
}
