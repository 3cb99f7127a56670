import { parseFailure, parseHex } from '../../parse-failure.ts';
import { type Groups, parseHexAddress } from './address.ts';

/** Flags of a route (include/uapi/linux/route.h, ipv6_route.h). */
const RTF_UP = 0x0001;
const RTF_GATEWAY = 0x0002;
const RTF_REJECT = 0x0200;
const RTF_DEFAULT = 0x00010000;
const RTF_ADDRCONF = 0x00040000;

/** A route as the kernel lists it. */
export interface KernelRoute {
  destination: Groups;
  prefixLength: number;
  /** Undefined when the destination is on the link itself. */
  gateway: Groups | undefined;
  metric: number;
  interface: string;
  /** In use and not one that refuses its packets. */
  usable: boolean;
  /** Learned from a router advertisement (RFC 4861 §6.3.4). */
  fromAdvertisement: boolean;
}

/**
 * Parses /proc/net/ipv6_route (net/ipv6/route.c, rt6_info_route): destination, its prefix length, source, its prefix length,
 * gateway, metric, references, use, flags, interface; all numbers hexadecimal.
 *
 *     20010db8000000000000000000000000 40 000…0 00 00000000000000000000000000000000 00000100 00000001 00000000 00040001 eth0
 *     00000000000000000000000000000000 00 000…0 00 fe800000000000000000000000000001 00000400 00000001 00000000 00450003 eth0
 *
 * @throws CampusError `parse_failed`
 */
export function parseIpv6Route(text: string): KernelRoute[] {
  return text.split('\n').flatMap((line, index) => {
    if (line.trim() === '') return [];
    const place = { source: '/proc/net/ipv6_route', line: index + 1 };
    const columns = line.trim().split(/\s+/);
    const [destination, prefix, source, sourcePrefix, nextHop, metric, references, use, flagText, name] = columns;
    if (name === undefined || columns.length !== 10) throw parseFailure(place, 'ten columns', line);
    parseHexAddress(source, place);
    parseHex(sourcePrefix, place, 'source prefix length');
    parseHex(references, place, 'references');
    parseHex(use, place, 'use');
    const gateway = parseHexAddress(nextHop, place);
    const flags = parseHex(flagText, place, 'flags');
    return [
      {
        destination: parseHexAddress(destination, place),
        prefixLength: parseHex(prefix, place, 'prefix length'),
        gateway: (flags & RTF_GATEWAY) === 0 ? undefined : gateway,
        metric: parseHex(metric, place, 'metric'),
        interface: name,
        usable: (flags & RTF_UP) !== 0 && (flags & RTF_REJECT) === 0,
        fromAdvertisement: (flags & (RTF_ADDRCONF | RTF_DEFAULT)) !== 0,
      },
    ];
  });
}

/** The routes to everywhere that lead out of the machine. */
export function defaultRoutes(routes: readonly KernelRoute[]): KernelRoute[] {
  return routes.filter((route) => {
    const everywhere = route.prefixLength === 0 && route.destination.every((group) => group === 0);
    return everywhere && route.usable && route.interface !== 'lo';
  });
}
