import { CampusError } from '../../../contract/errors.ts';

/** What `ip` tells of an address and /proc does not. */
export interface IpAddress {
  interface: string;
  address: string;
  family: 'inet' | 'inet6';
  prefixLength: number;
  /** Has a lifetime. */
  dynamic: boolean;
  /** The kernel makes temporary addresses beside it: it stems from SLAAC. */
  managesTemporary: boolean;
  /** Made from a secret of the host (RFC 7217). */
  stablePrivacy: boolean;
  /** Its prefix's route is kept by the program that made it. */
  noPrefixRoute: boolean;
  /** Who made it, from Linux 5.18 and iproute2 6.3 on: kernel_ra, kernel_ll, … */
  protocol: string | undefined;
}

/** What `ip` tells of a default route and /proc does not. */
export interface IpRoute {
  interface: string;
  gateway: string | undefined;
  /** Who made it; absent for one made by hand. */
  protocol: string | undefined;
  /** Life left; undefined when it does not end. */
  expiresSeconds: number | undefined;
  /** How the router ranks itself (RFC 4191): low, medium or high. */
  preference: string | undefined;
}

export type JsonObject = Record<string, unknown>;

/**
 * Parses `ip -j -d addr` (iproute2, ip/ipaddress.c):
 *
 *     [{"ifname":"eth0","addr_info":[{"family":"inet6","local":"2001:db8::5","prefixlen":64,"scope":"global","dynamic":true,
 *       "mngtmpaddr":true,"noprefixroute":true,"protocol":"kernel_ra","valid_life_time":86399,"preferred_life_time":14399}]}]
 *
 * @throws CampusError `parse_failed`
 */
export function parseIpAddresses(text: string): IpAddress[] {
  return parseJsonList(text, 'ip addr').flatMap((link) => {
    // Versions before 4.20 print empty objects for the interfaces that a filter leaves out.
    const { ifname, addr_info: list } = link;
    if (typeof ifname !== 'string' || !Array.isArray(list)) return [];
    return list.filter(isObject).flatMap((entry): IpAddress[] => {
      const { family, local, prefixlen } = entry;
      if (Object.keys(entry).length === 0) return [];
      if (typeof local !== 'string' || typeof prefixlen !== 'number' || (family !== 'inet' && family !== 'inet6')) {
        throw unexpected('ip addr', 'an address with family, local and prefixlen', entry);
      }
      return [
        {
          interface: ifname,
          address: local,
          family,
          prefixLength: prefixlen,
          dynamic: entry['dynamic'] === true,
          managesTemporary: entry['mngtmpaddr'] === true,
          stablePrivacy: entry['stable-privacy'] === true,
          noPrefixRoute: entry['noprefixroute'] === true,
          protocol: optionalText(entry['protocol']),
        },
      ];
    });
  });
}

/**
 * Parses `ip -j -6 route show default` (iproute2, ip/iproute.c); several routers of one route come as `nexthops`:
 *
 *     [{"dst":"default","gateway":"fe80::1","dev":"eth0","protocol":"ra","metric":1024,"flags":[],"expires":1799,"pref":"medium"}]
 *
 * @throws CampusError `parse_failed`
 */
export function parseIpRoutes(text: string): IpRoute[] {
  return parseJsonList(text, 'ip route').flatMap((route) => {
    const { protocol, expires, pref, nexthops } = route;
    const hops = Array.isArray(nexthops) ? nexthops.filter(isObject) : [route];
    return hops.map(({ dev, gateway }): IpRoute => {
      if (typeof dev !== 'string') throw unexpected('ip route', 'a route with dev', route);
      return {
        interface: dev,
        gateway: optionalText(gateway),
        protocol: optionalText(protocol),
        expiresSeconds: typeof expires === 'number' ? expires : undefined,
        preference: optionalText(pref),
      };
    });
  });
}

/**
 * The objects of a list in JSON; none of an empty text.
 * @throws CampusError `parse_failed`
 */
export function parseJsonList(text: string, source: string): JsonObject[] {
  if (text.trim() === '') return [];
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new CampusError('parse_failed', `${source}: expected JSON, got ${JSON.stringify(text.slice(0, 80))}`, {
      cause: error,
    });
  }
  if (!Array.isArray(value)) throw unexpected(source, 'a list', value);
  return value.filter(isObject);
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function optionalText(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** The error of these parsers. */
export function unexpected(source: string, expected: string, got: unknown): CampusError {
  return new CampusError('parse_failed', `${source}: expected ${expected}, got ${JSON.stringify(got).slice(0, 80)}`);
}
