import { createHash, type KeyObject } from 'node:crypto';

/** Crockford's base 32: no letter that is taken for another or for a digit (https://www.crockford.com/base32.html). */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const CODE = new RegExp(`^[${ALPHABET}]{8}$`);

/**
 * What an administrator compares before letting a device in: 40 bits of the SHA-256 of its key and of the number that the gateway gave to its request,
 * as eight characters in two groups. The number comes after the key is fixed, so nobody can look for a key that has somebody else's code.
 * @param key the device's public key
 * @param id of the request, as the gateway numbers it
 */
export function joinCode(key: KeyObject, id: string): string {
  const hash = createHash('sha256').update(`campus-edge join request\n${id}\n`);
  const bits = hash
    .update(key.export({ format: 'der', type: 'spki' }))
    .digest()
    .readUIntBE(0, 5);
  const characters = Array.from({ length: 8 }, (_, index) => ALPHABET[Math.floor(bits / 32 ** (7 - index)) % 32]);
  return `${characters.slice(0, 4).join('')}-${characters.slice(4).join('')}`;
}

/** A code as people type it (`7k3m9qxw`, with O for 0 and I or L for 1) as `joinCode` writes it; undefined for a text that is none. */
export function parseJoinCode(text: string): string | undefined {
  const plain = text.toUpperCase().replaceAll(/[\s-]/g, '').replaceAll('O', '0').replaceAll(/[IL]/g, '1');
  return CODE.test(plain) ? `${plain.slice(0, 4)}-${plain.slice(4)}` : undefined;
}
