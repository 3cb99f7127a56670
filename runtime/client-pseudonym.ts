import { createHmac } from 'node:crypto';
import { CampusError } from '../contract/errors.ts';
import { parseMac } from '../contract/mac-address.ts';

/** Bytes of a site's key: as many as the hash has (RFC 2104 §3). */
export const PSEUDONYM_KEY_BYTES = 32;
/** Digits of a pseudonym: HMAC-SHA-256 cut to 64 bits. */
export const PSEUDONYM_DIGITS = 16;

/** What a client is called in measurements, by its pseudonym alone. */
export const PSEUDONYM_PATTERN = `^[0-9a-f]{${PSEUDONYM_DIGITS}}$`;

/**
 * What stands for the MAC address of somebody's device: HMAC-SHA-256 of its six bytes under the site's key, cut to 64 bits, in
 * hexadecimal digits. However the address is written, it gives the same; under another key, another.
 * @throws CampusError `parse_failed` for what is no MAC address, without repeating it
 */
export function clientPseudonym(key: Uint8Array, mac: string): string {
  const digits = parseMac(mac);
  if (digits === undefined) {
    throw new CampusError('parse_failed', `expected a MAC address, got ${mac.length} characters that are none`);
  }
  return createHmac('sha256', key).update(Buffer.from(digits, 'hex')).digest('hex').slice(0, PSEUDONYM_DIGITS);
}
