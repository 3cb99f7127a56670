import { parseCount, parseFailure, parseHex } from '../../parse-failure.ts';

/** Flags of a route (include/uapi/linux/route.h). */
const RTF_UP = 0x0001;
const RTF_GATEWAY = 0x0002;
const RTF_REJECT = 0x0200;

/** A route as the kernel lists it. */
export interface Ipv4Route {
  destination: string;
  prefixLength: number;
  /** Undefined when the destination is on the link itself. */
  gateway: string | undefined;
  interface: string;
  metric: number;
}

/** A default route that has a next hop. */
export interface Ipv4DefaultRoute {
  gateway: string;
  interface: string;
  metric: number;
}

/**
 * Parses the usable routes in /proc/net/route (net/ipv4/fib_trie.c, fib_route_seq_show), best first. Addresses are the octets in memory as one
 * hexadecimal number of the machine's byte order, which is little-endian on all that we run on:
 *
 *     Iface	Destination	Gateway 	Flags	RefCnt	Use	Metric	Mask		MTU	Window	IRTT
 *     eth0	00000000	0102A8C0	0003	0	0	100	00000000	0	0	0
 *     eth0	0002A8C0	00000000	0001	0	0	100	00FFFFFF	0	0	0
 *
 * @throws CampusError `parse_failed`
 */
export function parseIpv4Routes(text: string): Ipv4Route[] {
  const [heading = '', ...lines] = text.split('\n');
  const source = '/proc/net/route';
  if (!heading.startsWith('Iface')) throw parseFailure({ source, line: 1 }, 'a line of headings', heading);
  const routes = lines.flatMap((line, index): Ipv4Route[] => {
    if (line.trim() === '') return [];
    const place = { source, line: index + 2 };
    const [name, destination, gateway, flagText, , , metric, mask] = line.trim().split(/\s+/);
    if (name === undefined || mask === undefined) throw parseFailure(place, 'at least eight columns', line);
    const flags = parseHex(flagText, place, 'flags');
    const nextHop = encodeLittleEndian(parseHex(gateway, place, 'gateway'));
    const route = {
      destination: encodeLittleEndian(parseHex(destination, place, 'destination')),
      prefixLength: countOnes(parseHex(mask, place, 'mask')),
      gateway: (flags & RTF_GATEWAY) === 0 ? undefined : nextHop,
      interface: name,
      metric: parseCount(metric, place, 'metric'),
    };
    return (flags & RTF_UP) !== 0 && (flags & RTF_REJECT) === 0 ? [route] : [];
  });
  return routes.sort((one, other) => one.metric - other.metric);
}

/** The default routes of `parseIpv4Routes` that have a next hop, best first. @throws CampusError `parse_failed` */
export function parseIpv4DefaultRoutes(text: string): Ipv4DefaultRoute[] {
  return parseIpv4Routes(text).flatMap(({ prefixLength, gateway, interface: name, metric }) =>
    prefixLength === 0 && gateway !== undefined ? [{ gateway, interface: name, metric }] : [],
  );
}

function encodeLittleEndian(number: number): string {
  return [number & 0xff, (number >>> 8) & 0xff, (number >>> 16) & 0xff, number >>> 24].join('.');
}

function countOnes(mask: number): number {
  return mask.toString(2).replaceAll('0', '').length;
}
