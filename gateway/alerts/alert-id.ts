/** Crockford's base32 in lower case: without i, l, o and u. In ASCII order, so that ids sort by time. */
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';
const TIME_CHARS = 10;
const RANDOM_BYTES = 16;

/**
 * The id of a new alert: 26 characters as in a ULID, 10 of the time and 16 random ones, so that ids sort by when the alert was raised.
 * @param now ms, below 2^48
 * @param random 16 random bytes, of which 5 bits each are used
 */
export function alertId(now: number, random: Uint8Array): string {
  let time = '';
  for (let rest = now; time.length < TIME_CHARS; rest = Math.floor(rest / 32)) time = `${ALPHABET[rest % 32]}${time}`;
  const tail = Array.from(random.subarray(0, RANDOM_BYTES), (byte) => ALPHABET[byte & 31]);
  return `${time}${tail.join('')}`;
}
