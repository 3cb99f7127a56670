import { isIPv6 } from 'node:net';

/** An address as it is shown and kept: IPv4 that came through a dual-stack socket without its `::ffff:` (RFC 4291 §2.5.5.2). */
export function plainAddress(address: string): string {
  return address.startsWith('::ffff:') && address.includes('.') ? address.slice('::ffff:'.length) : address;
}

/** True for an address of this very machine. */
export function isLoopback(address: string): boolean {
  const plain = plainAddress(address);
  return plain === '::1' || plain.startsWith('127.');
}

/**
 * What one person or machine is expected to hold: an IPv4 address, or an IPv6 /64, for a host changes its address within that at will
 * (RFC 8981).
 */
export function addressBlock(address: string): string {
  const plain = plainAddress(address);
  return isIPv6(plain) ? `${firstGroups(plain, 4)}::/64` : plain;
}

/** What one network is expected to hold: an IPv4 /24, or an IPv6 /48, which is what a site is given (RFC 6177). */
export function addressPrefix(address: string): string {
  const plain = plainAddress(address);
  return isIPv6(plain) ? `${firstGroups(plain, 3)}::/48` : `${plain.split('.').slice(0, 3).join('.')}.0/24`;
}

function firstGroups(address: string, count: number): string {
  const [head = '', tail] = address.replace(/%.*$/, '').split('::');
  const groups = head === '' ? [] : head.split(':');
  if (tail !== undefined) {
    const tailGroups = tail === '' ? [] : tail.split(':');
    while (groups.length + tailGroups.length < 8) groups.push('0');
    groups.push(...tailGroups);
  }
  return groups.slice(0, count).join(':');
}
