import type { Logger } from '../../runtime/log.ts';
import { type AgentEvent, clockDifference, clockUnknown } from '../events.ts';

/** A network that has just come up may need this long for NTP or the gateway to tell the time. */
const UNKNOWN_FOR_MS = 60_000;
const DIFFERENCE_EVERY_MS = 3600_000;

export interface ClockState {
  /** Monotonic ms. */
  now: number;
  known: boolean;
  /** By how much the box's clock, which NTP has set, is ahead of the gateway's, ms; undefined when they agree. */
  differenceMs: number | undefined;
}

/** Tells people what they can mend about the time: nobody tells it, or NTP and the gateway tell different ones. */
export class ClockEvents {
  readonly #raise: (event: AgentEvent) => void;
  readonly #log: Logger;
  #connectedAt: number | undefined;
  #saidUnknown = false;
  #saidDifferenceAt = Number.NEGATIVE_INFINITY;

  constructor(raise: (event: AgentEvent) => void, log: Logger) {
    this.#raise = raise;
    this.#log = log;
  }

  /** There is a gateway that could tell the time, since `now`, monotonic ms. */
  connected(now: number): void {
    this.#connectedAt ??= now;
  }

  /** To be called every few seconds. */
  review({ now, known, differenceMs }: ClockState): void {
    if (differenceMs !== undefined && now - this.#saidDifferenceAt >= DIFFERENCE_EVERY_MS) {
      this.#saidDifferenceAt = now;
      const seconds = Math.round(differenceMs / 1000);
      this.#log.warn(
        { difference_s: seconds },
        "NTP has set this machine's clock, and the gateway's shows another time",
      );
      this.#raise(clockDifference(seconds));
    }
    const waited = now - (this.#connectedAt ?? now);
    if (known || waited < UNKNOWN_FOR_MS || this.#saidUnknown) return;
    this.#saidUnknown = true;
    this.#log.warn('neither NTP nor the gateway tells the time: samples are kept until one does');
    this.#raise(clockUnknown());
  }
}
