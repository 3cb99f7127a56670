/** A difference below this is the resolution of the Date header and the way there, not a wrong clock. */
const TOLERANCE_MS = 3000;
/** The Date header cuts the time to whole seconds: half of one is lost on average. */
const HALF_SECOND_MS = 500;

/**
 * How far the gateway's clock is ahead of this browser's, ms; 0 when they agree. School computers are often minutes off,
 * and a time range asked for by a wrong clock misses the newest values.
 * @param dateHeader `Date` of an answer (RFC 9110 §6.6.1); null when it has none
 */
export function clockOffsetMs(dateHeader: string | null, browserNow: number): number {
  const gateway = dateHeader === null ? Number.NaN : Date.parse(dateHeader);
  if (Number.isNaN(gateway)) return 0;
  const offset = gateway + HALF_SECOND_MS - browserNow;
  return Math.abs(offset) < TOLERANCE_MS ? 0 : offset;
}
