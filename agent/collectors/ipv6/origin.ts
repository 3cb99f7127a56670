import { isEui64, prefixBits, scopeOf } from './address.ts';
import type { KernelAddress } from './if-inet6.ts';
import type { IpAddress } from './ip-json.ts';
import type { KernelRoute } from './ipv6-route.ts';

export type AddressOrigin = 'slaac' | 'dhcpv6' | 'static' | 'unknown';

/**
 * How an address came to the interface. The kernel knows it of its own addresses only; of those that DHCP clients and
 * network managers set, the way they do it tells: DHCPv6 gives single addresses (/128) with a lifetime (RFC 8415 §18.2.10.1),
 * SLAAC has /64 (RFC 4862 §5.5.3, RFC 7421).
 * @param detail what `ip` adds, where it is installed
 * @param routes the routing table, whose advertised prefixes give SLAAC away
 */
export function originOf(
  address: KernelAddress,
  detail: IpAddress | undefined,
  routes: readonly KernelRoute[],
): AddressOrigin {
  if (scopeOf(address.groups) === 'link-local') return linkLocalOrigin(address, detail);
  if (address.temporary || detail?.managesTemporary === true || detail?.stablePrivacy === true) return 'slaac';
  if (detail?.protocol === 'kernel_ra') return 'slaac';
  if (address.permanent) return 'static';
  if (address.prefixLength === 128) return 'dhcpv6';
  if (isEui64(address.groups)) return 'slaac';
  // Network managers that do SLAAC themselves keep the prefix's route apart from the address.
  if (detail?.noPrefixRoute === true && address.prefixLength === 64) return 'slaac';
  if (detail === undefined && hasAdvertisedPrefix(address, routes)) return 'slaac';
  return 'unknown';
}

/** Every interface makes itself a link-local address (RFC 4862 §5.3); any other is set by hand. */
function linkLocalOrigin({ groups }: KernelAddress, detail: IpAddress | undefined): AddressOrigin {
  if (isEui64(groups) || detail?.stablePrivacy === true || detail?.protocol === 'kernel_ll') return 'slaac';
  return detail === undefined ? 'unknown' : 'static';
}

function hasAdvertisedPrefix(
  { groups, prefixLength, interface: name }: KernelAddress,
  routes: readonly KernelRoute[],
): boolean {
  const prefix = prefixBits(groups, prefixLength);
  return routes.some(
    (route) =>
      route.fromAdvertisement &&
      route.interface === name &&
      route.prefixLength === prefixLength &&
      prefixBits(route.destination, prefixLength) === prefix,
  );
}
