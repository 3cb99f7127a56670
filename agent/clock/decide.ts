import { limits } from '../../contract/limits.ts';
import type { GatewayTime } from './gateway-time.ts';

/** What a clock that is set may be wrong by, ms: flows and charts work in seconds, and a school's NTP is far better. */
export const EXACT_MS = 2000;

/** What is known of the time: add `offset` to a monotonic time of this machine, and the wall clock time comes out. */
export interface KnownTime {
  /** ms */
  offset: number;
  /** Who vouches for it: NTP on this machine, or the gateway. */
  source: 'ntp' | 'gateway';
  /** True when it is this machine's own wall clock, which was found to be right; then its small corrections count, too. */
  own: boolean;
  /** False when it may be wrong by more than `EXACT_MS`: no answer of the gateway came fast enough. */
  exact: boolean;
}

export interface Evidence {
  /** Monotonic ms. */
  now: number;
  /** This machine's wall clock less its monotonic clock, ms. */
  own: number;
  /** NTP says that it has set this machine's clock. */
  ntp: boolean;
  /** The gateway's time, when it has answered. */
  gateway: GatewayTime | undefined;
  /** What was known before. */
  before: KnownTime | undefined;
}

/**
 * Decides what the time is. NTP goes first. Without it the gateway does, right or wrong: what it stores is shown on its time line. This machine's
 * own clock is taken when the gateway's agrees with it. A clock that shows a time before the product existed is never believed.
 * @returns undefined while nobody knows
 */
export function decideTime({ now, own, ntp, gateway, before }: Evidence): KnownTime | undefined {
  const ownSet = now + own >= limits.earliestMs;
  if (ntp && ownSet) return { offset: own, source: 'ntp', own: true, exact: true };
  if (gateway === undefined || now + gateway.offset < limits.earliestMs) return before;
  const { offset, error } = gateway;
  if (ownSet && Math.abs(own - offset) + error <= EXACT_MS)
    return { offset: own, source: 'gateway', own: true, exact: true };
  // The monotonic clock goes on evenly: an answer that came more slowly tells nothing new unless it contradicts.
  const stands =
    before?.source === 'gateway' && before.exact && !before.own && Math.abs(before.offset - offset) <= error;
  if (stands) return before;
  return { offset, source: 'gateway', own: false, exact: error <= EXACT_MS };
}
