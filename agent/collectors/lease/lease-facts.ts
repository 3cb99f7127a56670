import type { PathFamily } from '../../../contract/measurements/path.ts';

/** What a DHCP client keeps of a lease; what it does not keep is absent. */
export interface LeaseFacts {
  interface: string;
  family: PathFamily;
  client: 'systemd-networkd' | 'dhclient';
  /** Canonical for IPv6 (RFC 5952). */
  address: string;
  prefixLength?: number | undefined;
  server?: string | undefined;
  routers?: readonly string[] | undefined;
  nameServers?: readonly string[] | undefined;
  domain?: string | undefined;
  leaseSeconds?: number | undefined;
  /** T1 and T2 (RFC 2131 §4.4.5, RFC 8415 §21.4). */
  renewSeconds?: number | undefined;
  rebindSeconds?: number | undefined;
  /** ms since 1970, by the clock of the machine when it was leased. */
  endsAt?: number | undefined;
}

/** The length of the prefix of a mask such as 255.255.255.0; undefined when its ones do not stand first. */
export function prefixLengthOf(mask: string | undefined): number | undefined {
  if (mask === undefined || !/^\d{1,3}(\.\d{1,3}){3}$/.test(mask)) return undefined;
  const bits = mask
    .split('.')
    .map((octet) => Number(octet).toString(2).padStart(8, '0'))
    .join('');
  return /^1*0*$/.test(bits) && bits.length === 32 ? (bits.indexOf('0') === -1 ? 32 : bits.indexOf('0')) : undefined;
}
