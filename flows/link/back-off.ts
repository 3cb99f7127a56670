/** The first wait before the gateway is tried again, ms, and the longest: it is on this machine or nearby, and alerts wait for it. */
export const FIRST_WAIT_MS = 300;
export const LONGEST_WAIT_MS = 5000;

/**
 * How long to wait before the next attempt, ms: doubled with each, and jittered so that not everybody comes back at once.
 * @param attempt attempts that have failed since the last success, from 1
 * @param random a number from 0 to 1
 */
export function waitMs(attempt: number, random: number): number {
  const ceiling = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(attempt, 16));
  return FIRST_WAIT_MS + (ceiling - FIRST_WAIT_MS) * random;
}
