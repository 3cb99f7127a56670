/** How a STAMP packet tells the time (RFC 8762 §4.2.1): `ntp` is RFC 5905 §6's 64-bit format, `ptp` IEEE 1588's truncated one. */
export type TimestampFormat = 'ntp' | 'ptp';

/** Seconds from 1900, where NTP's era 0 begins, to 1970 (RFC 5905 §6). */
const NTP_TO_UNIX_SECONDS = 2_208_988_800;
const TWO_TO_32 = 2 ** 32;
const NANOSECONDS = 1_000_000_000;

/**
 * Writes a time as eight octets: 32 bits of seconds, which wrap, and 32 bits of their fraction: in 2^-32 s for `ntp`, in ns for `ptp`.
 * @param timeMs milliseconds since 1970, with a fraction
 */
export function encodeTimestamp(view: DataView, offset: number, timeMs: number, format: TimestampFormat = 'ntp'): void {
  const unit = format === 'ntp' ? TWO_TO_32 : NANOSECONDS;
  let seconds = Math.floor(timeMs / 1000);
  let fraction = Math.round(((timeMs - seconds * 1000) / 1000) * unit);
  if (fraction >= unit) {
    fraction -= unit;
    seconds += 1;
  }
  view.setUint32(offset, (seconds + (format === 'ntp' ? NTP_TO_UNIX_SECONDS : 0)) % TWO_TO_32);
  view.setUint32(offset + 4, fraction);
}

/**
 * Reads what `encodeTimestamp` writes. NTP's seconds wrap in 2036: a value below 2^31 is of the era that begins then (RFC 4330 §3).
 * @returns milliseconds since 1970, with a fraction
 */
export function parseTimestamp(view: DataView, offset: number, format: TimestampFormat = 'ntp'): number {
  const seconds = view.getUint32(offset);
  const fraction = view.getUint32(offset + 4);
  if (format === 'ptp') return seconds * 1000 + fraction / 1e6;
  const era = seconds < 2 ** 31 ? TWO_TO_32 : 0;
  return (seconds + era - NTP_TO_UNIX_SECONDS) * 1000 + (fraction / TWO_TO_32) * 1000;
}
