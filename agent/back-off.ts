const FIRST_MS = 500;
const LAST_MS = 30_000;
/** Each pause is a fraction of the outage so far: a gateway that was away for 4 s has its agents back 2 s later at most. */
const GROWTH = 1.4;

/** The pause before an attempt that is refused for good reason, such as a wrong password. */
export const SLOW_MS = LAST_MS;

/**
 * The pause before a new attempt to connect, from 0.5 s up to 30 s, scattered by a quarter either way so that the agents of a school
 * do not come back all at once.
 * @param attempt failed attempts so far, from 0
 * @param random 0 ≤ x < 1
 * @returns ms
 */
export function backOffMs(attempt: number, random: number): number {
  return Math.round(Math.min(LAST_MS, FIRST_MS * GROWTH ** attempt) * (0.75 + random / 2));
}
