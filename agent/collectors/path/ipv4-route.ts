import { parseCount, parseFailure, parseHex } from '../../parse-failure.ts';

/** Flags of a route (include/uapi/linux/route.h). */
const RTF_UP = 0x0001;
const RTF_GATEWAY = 0x0002;
const RTF_REJECT = 0x0200;

/** A default route that has a next hop. */
export interface Ipv4DefaultRoute {
  gateway: string;
  interface: string;
  metric: number;
}

/**
 * Parses the default routes in /proc/net/route (net/ipv4/fib_trie.c, fib_route_seq_show), best first. Addresses are the octets in memory as one
 * hexadecimal number of the machine's byte order, which is little-endian on all that we run on:
 *
 *     Iface	Destination	Gateway 	Flags	RefCnt	Use	Metric	Mask		MTU	Window	IRTT
 *     eth0	00000000	0102A8C0	0003	0	0	100	00000000	0	0	0
 *     eth0	0002A8C0	00000000	0001	0	0	100	00FFFFFF	0	0	0
 *
 * @throws CampusError `parse_failed`
 */
export function parseIpv4DefaultRoutes(text: string): Ipv4DefaultRoute[] {
  const [heading = '', ...lines] = text.split('\n');
  const source = '/proc/net/route';
  if (!heading.startsWith('Iface')) throw parseFailure({ source, line: 1 }, 'a line of headings', heading);
  const routes = lines.flatMap((line, index): Ipv4DefaultRoute[] => {
    if (line.trim() === '') return [];
    const place = { source, line: index + 2 };
    const [name, destination, gateway, flagText, , , metric, mask] = line.trim().split(/\s+/);
    if (name === undefined || mask === undefined) throw parseFailure(place, 'at least eight columns', line);
    const flags = parseHex(flagText, place, 'flags');
    const everywhere = parseHex(destination, place, 'destination') === 0 && parseHex(mask, place, 'mask') === 0;
    const octets = encodeLittleEndian(parseHex(gateway, place, 'gateway'));
    const route = { gateway: octets, interface: name, metric: parseCount(metric, place, 'metric') };
    const usable = (flags & RTF_UP) !== 0 && (flags & RTF_GATEWAY) !== 0 && (flags & RTF_REJECT) === 0;
    return everywhere && usable ? [route] : [];
  });
  return routes.sort((one, other) => one.metric - other.metric);
}

function encodeLittleEndian(number: number): string {
  return [number & 0xff, (number >>> 8) & 0xff, (number >>> 16) & 0xff, number >>> 24].join('.');
}
