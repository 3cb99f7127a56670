import type { ipv6 } from '../../../contract/measurements/ipv6.ts';
import type { Reading } from '../../collector.ts';
import { isEui64, parseAddressText } from './address.ts';
import { encodeList, type ListedAddress } from './listed-address.ts';
import { ipv6SharePercent, type Octets, octetsSince } from './octets.ts';
import type { NameServer } from './resolv-conf.ts';
import type { ListedRouter } from './router.ts';
import { isRoutable } from './summary.ts';

export type Ipv6Reading = Reading<typeof ipv6>;

/** The addresses and their counts. */
export function addressReading(addresses: readonly ListedAddress[]): Ipv6Reading {
  const count = (counts: (address: ListedAddress) => boolean): number => addresses.filter(counts).length;
  // Every link has a link-local address of its own making: counted by origin, it would hide whether SLAAC works.
  const countOrigin = (origin: string): number => count((address) => address.origin === origin && isRoutable(address));
  return {
    addresses: encodeList(addresses),
    global_count: count(({ scope }) => scope === 'global'),
    ula_count: count(({ scope }) => scope === 'ula'),
    link_local_count: count(({ scope }) => scope === 'link-local'),
    temporary_count: count(({ temporary }) => temporary),
    deprecated_count: count(({ deprecated }) => deprecated),
    tentative_count: count(({ tentative }) => tentative),
    dad_failed_count: count(({ dad_failed }) => dad_failed),
    eui64_count: count((address) => isRoutable(address) && showsMac(address)),
    slaac_count: countOrigin('slaac'),
    dhcpv6_count: countOrigin('dhcpv6'),
    static_count: countOrigin('static'),
  };
}

/** True for an interface id made from a MAC address. */
function showsMac({ address }: ListedAddress): boolean {
  const groups = parseAddressText(address);
  return groups !== undefined && isEui64(groups);
}

/** The default routers, and the longest life among them. */
export function routerReading(routers: readonly ListedRouter[]): Ipv6Reading {
  const lifetimes = routers.flatMap(({ lifetime_seconds }) => lifetime_seconds ?? []);
  return {
    default_router_count: routers.length,
    default_routers: encodeList(routers),
    router_lifetime_seconds: lifetimes.length === 0 ? undefined : Math.max(...lifetimes),
  };
}

/** The name servers by family; nothing when the machine has no list of them. */
export function nameServerReading(servers: readonly NameServer[] | undefined): Ipv6Reading {
  if (servers === undefined) return {};
  return {
    dns_ipv4_count: servers.filter(({ family }) => family === 4).length,
    dns_ipv6_count: servers.filter(({ family }) => family === 6).length,
    dns_servers: JSON.stringify(servers.map(({ address }) => address)),
  };
}

/** Bytes of both families, where the kernel counts them. */
export interface FamilyOctets {
  ipv6: Octets | undefined;
  ipv4: Octets | undefined;
}

/** Bytes by family and the IPv6 share, since boot and since the last sample. */
export function trafficReading(before: FamilyOctets | undefined, now: FamilyOctets): Ipv6Reading {
  return {
    ipv6_rx_bytes: now.ipv6?.rxBytes,
    ipv6_tx_bytes: now.ipv6?.txBytes,
    ipv4_rx_bytes: now.ipv4?.rxBytes,
    ipv4_tx_bytes: now.ipv4?.txBytes,
    traffic_share_percent: ipv6SharePercent(now.ipv6?.rxBytes, now.ipv4?.rxBytes),
    traffic_share_interval_percent: ipv6SharePercent(
      octetsSince(before?.ipv6, now.ipv6),
      octetsSince(before?.ipv4, now.ipv4),
    ),
  };
}
