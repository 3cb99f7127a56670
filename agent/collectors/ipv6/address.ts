import { isIPv6 } from 'node:net';
import { type Place, parseFailure } from '../../parse-failure.ts';

export type AddressScope = 'global' | 'ula' | 'link-local' | 'loopback';

/** An IPv6 address as its eight 16-bit groups. */
export type Groups = readonly number[];

/**
 * Parses an address as /proc/net prints it: 32 hexadecimal digits without colons.
 *
 *     fe80000000000000020c29fffea4e315
 *
 * @throws CampusError `parse_failed`
 */
export function parseHexAddress(text: string | undefined, place: Place): Groups {
  if (text === undefined || !/^[0-9a-f]{32}$/i.test(text)) {
    throw parseFailure(place, 'an address of 32 hexadecimal digits', text);
  }
  return Array.from({ length: 8 }, (_, index) => Number.parseInt(text.slice(index * 4, index * 4 + 4), 16));
}

/**
 * Parses an address as people write it (RFC 4291 §2.2), also with an IPv4 address at its end; a zone is passed over.
 * @returns undefined for any other text
 */
export function parseAddressText(text: string): Groups | undefined {
  if (!isIPv6(text)) return undefined;
  const [address = ''] = text.split('%');
  const [head = '', tail] = address.split('::');
  const groupsOf = (part: string): number[] => (part === '' ? [] : part.split(':').flatMap(groupOf));
  const before = groupsOf(head);
  const after = groupsOf(tail ?? '');
  return [...before, ...Array.from({ length: 8 - before.length - after.length }, () => 0), ...after];
}

/** The group of a part between colons, or the two of an IPv4 address. */
function groupOf(part: string): number[] {
  if (!part.includes('.')) return [Number.parseInt(part, 16)];
  const [first = 0, second = 0, third = 0, fourth = 0] = part.split('.').map(Number);
  return [first * 256 + second, third * 256 + fourth];
}

/** The canonical text (RFC 5952 §4): lower case, no leading zeros, the longest run of two or more zero groups as `::`, the first of equal ones. */
export function encodeAddress(groups: Groups): string {
  if (isMapped(groups))
    return `::ffff:${groups
      .slice(6)
      .flatMap((group) => [group >> 8, group & 0xff])
      .join('.')}`;
  const { start, length } = longestZeroRun(groups);
  const encode = (part: Groups): string => part.map((group) => group.toString(16)).join(':');
  if (length < 2) return encode(groups);
  return `${encode(groups.slice(0, start))}::${encode(groups.slice(start + length))}`;
}

/**
 * Who can reach an address, by its prefix: fe80::/10 (RFC 4291 §2.5.6), fc00::/7 (RFC 4193 §3.1), ::1.
 * All others are global unicast (RFC 4291 §2.4), the former site-local fec0::/10 included (RFC 3879 §4).
 */
export function scopeOf(groups: Groups): AddressScope {
  const first = groups[0] ?? 0;
  if ((first & 0xffc0) === 0xfe80) return 'link-local';
  if ((first & 0xfe00) === 0xfc00) return 'ula';
  if (groups.slice(0, 7).every((group) => group === 0) && groups[7] === 1) return 'loopback';
  return 'global';
}

/** True for an interface id made from a MAC address (modified EUI-64, RFC 4291 appendix A): only SLAAC makes such. */
export function isEui64(groups: Groups): boolean {
  return ((groups[5] ?? 0) & 0xff) === 0xff && (groups[6] ?? 0) >> 8 === 0xfe;
}

/** The first `length` bits as text, to compare prefixes. */
export function prefixBits(groups: Groups, length: number): string {
  const bits = groups.map((group) => group.toString(2).padStart(16, '0')).join('');
  return bits.slice(0, length);
}

/** ::ffff:0:0/96, written with the IPv4 address in dots (RFC 5952 §5). */
function isMapped(groups: Groups): boolean {
  return groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff;
}

function longestZeroRun(groups: Groups): { start: number; length: number } {
  let longest = { start: 0, length: 0 };
  for (let start = 0; start < groups.length; start++) {
    let length = 0;
    while (groups[start + length] === 0) length++;
    if (length > longest.length) longest = { start, length };
  }
  return longest;
}
