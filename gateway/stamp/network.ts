import { isIP } from 'node:net';

export interface Network {
  address: string;
  prefixLength: number;
  family: 'ipv4' | 'ipv6';
}

/** Parses an address, or one with a prefix length: `10.20.0.0/16`, `2001:db8:5::/48`. @returns undefined when it is neither */
export function parseNetwork(text: string): Network | undefined {
  const [address = '', digits, ...rest] = text.split('/');
  const version = isIP(address);
  if (version === 0 || address.includes('%') || rest.length > 0) return undefined;
  const bits = version === 4 ? 32 : 128;
  const prefixLength = digits === undefined ? bits : /^\d{1,3}$/.test(digits) ? Number(digits) : bits + 1;
  return prefixLength > bits ? undefined : { address, prefixLength, family: version === 4 ? 'ipv4' : 'ipv6' };
}
