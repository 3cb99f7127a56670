/** First wait before a process that ended is started again, ms; each further one doubles. */
export const FIRST_WAIT_MS = 2000;

/** The longest wait, ms: an administrator who mends the cause need not wait longer. */
export const LONGEST_WAIT_MS = 60_000;

/** A process that ran this long, ms, was healthy: its next end is a new story. */
export const HEALTHY_AFTER_MS = 60_000;

/**
 * How long to wait before a process is started again, ms.
 * @param previousWaitMs the wait before its last start; undefined when that was its first
 * @param ranMs how long it ran
 */
export function nextWaitMs(previousWaitMs: number | undefined, ranMs: number): number {
  if (previousWaitMs === undefined || ranMs >= HEALTHY_AFTER_MS) return FIRST_WAIT_MS;
  return Math.min(previousWaitMs * 2, LONGEST_WAIT_MS);
}
