import { encodeAddress, type Groups, parseAddressText } from './address.ts';

/** The name that has two IPv4 addresses and no IPv6 one: whoever answers with one translates (RFC 7050 §3). */
export const IPV4_ONLY = 'ipv4only.arpa';

/** Its addresses (RFC 7050 §8.1): the octets 192.0.0.170 and 192.0.0.171. */
const WELL_KNOWN = [
  [192, 0, 0, 170],
  [192, 0, 0, 171],
];

/** Prefix lengths of RFC 6052 §2.2. */
const LENGTHS = [32, 40, 48, 56, 64, 96];

/** Octet 8 of an address is not part of the embedded one, and zero (RFC 6052 §2.2). */
const U_OCTET = 8;

interface Found {
  prefix: string;
  /** Which of the two addresses was found in it. */
  wellKnown: number;
}

/**
 * The prefixes in which IPv4 addresses are embedded, from the IPv6 addresses of ipv4only.arpa (RFC 7050 §3):
 *
 *     64:ff9b::192.0.0.170 → 64:ff9b::/96
 *
 * Where an address can be read in several ways, that one counts which the other well-known address confirms.
 */
export function nat64Prefixes(addresses: readonly string[]): string[] {
  const readings = addresses.map(readingsOf);
  const certain = readings.flatMap((found, index) => {
    if (found.length <= 1) return found;
    const others = readings.filter((_, other) => other !== index).flat();
    return found.filter(({ prefix, wellKnown }) =>
      others.some((other) => other.prefix === prefix && other.wellKnown !== wellKnown),
    );
  });
  return [...new Set(certain.map(({ prefix }) => prefix))];
}

function readingsOf(text: string): Found[] {
  const groups = parseAddressText(text);
  if (groups === undefined) return [];
  const octets = groups.flatMap((group) => [group >> 8, group & 0xff]);
  return LENGTHS.flatMap((length) => {
    if (length !== 96 && octets[U_OCTET] !== 0) return [];
    const embedded = embeddedOctets(octets, length);
    const wellKnown = WELL_KNOWN.findIndex((known) => known.every((octet, index) => octet === embedded[index]));
    return wellKnown === -1 ? [] : [{ prefix: `${prefixText(groups, length)}/${length}`, wellKnown }];
  });
}

function embeddedOctets(octets: readonly number[], length: number): number[] {
  const first = length / 8;
  const positions = octets.map((_, index) => index).slice(first);
  return positions
    .filter((index) => length === 96 || index !== U_OCTET)
    .slice(0, 4)
    .map((index) => octets[index] ?? 0);
}

function prefixText(groups: Groups, length: number): string {
  const masked = groups.map((group, index) => {
    const bits = Math.max(0, Math.min(16, length - index * 16));
    return group & (0xffff << (16 - bits)) & 0xffff;
  });
  return encodeAddress(masked);
}
