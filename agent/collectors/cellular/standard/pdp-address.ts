import { isIPv4, isIPv6 } from 'node:net';
import { encodeAddress, type Groups } from '../../ipv6/address.ts';

export interface PdpAddress {
  family: 4 | 6;
  /** IPv6 in its canonical form (RFC 5952). */
  address: string;
}

/**
 * Parses an address of +CGPADDR or +CGCONTRDP (3GPP TS 27.007 §10.1.14, §10.1.23), with or without what follows it: the mask, in the same
 * notation, or a prefix length. IPv6 comes as 16 numbers with dots or in hexadecimal with colons, as +CGPIAF says.
 *
 *     10.5.116.238
 *     10.5.116.238.255.255.255.0
 *     36.9.138.77.0.0.0.0.0.0.0.0.0.0.0.1
 *     2409:8A4D::1/64
 *     2409:8A4D::1 FFFF:FFFF:FFFF:FFFF::
 *
 * @returns undefined for an address that is all zeros, which stands for none; null for anything else
 */
export function parsePdpAddress(text: string): PdpAddress | undefined | null {
  const [address = ''] = text.trim().split(/[\s/]/);
  const parsed = address.includes(':') ? parseColons(address) : parseDots(address);
  if (parsed === null) return null;
  return /^[0.:]+$/.test(parsed.address) ? undefined : parsed;
}

/** 4 or 16 numbers, doubled where the mask stands behind them. */
function parseDots(text: string): PdpAddress | null {
  const numbers = text.split('.').map((part) => (/^\d{1,3}$/.test(part) ? Number(part) : Number.NaN));
  if (!numbers.every((number) => number <= 255)) return null;
  if (numbers.length === 4 || numbers.length === 8) return { family: 4, address: numbers.slice(0, 4).join('.') };
  if (numbers.length !== 16 && numbers.length !== 32) return null;
  const groups = Array.from(
    { length: 8 },
    (_, index) => (numbers[2 * index] ?? 0) * 256 + (numbers[2 * index + 1] ?? 0),
  );
  return { family: 6, address: encodeAddress(groups) };
}

function parseColons(text: string): PdpAddress | null {
  return isIPv6(text) ? { family: 6, address: encodeAddress(groupsOf(text)) } : null;
}

function groupsOf(text: string): Groups {
  const [head = '', tail] = text.replace(/\d+\.\d+\.\d+\.\d+$/, dotsToGroups).split('::');
  const parse = (part: string): number[] =>
    part.split(':').flatMap((group) => (group === '' ? [] : [Number.parseInt(group, 16)]));
  const [before, after] = [parse(head), parse(tail ?? '')];
  return [...before, ...Array.from({ length: 8 - before.length - after.length }, () => 0), ...after];
}

function dotsToGroups(dots: string): string {
  const [a = 0, b = 0, c = 0, d = 0] = dots.split('.').map(Number);
  return `${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`;
}

/** True for a mask of IPv4 and no address of a host: ones in front, zeros behind. */
export function isIpv4Mask(text: string): boolean {
  if (!isIPv4(text)) return false;
  const bits = text
    .split('.')
    .map((part) => Number(part).toString(2).padStart(8, '0'))
    .join('');
  return /^1{8,}0*$/.test(bits);
}
