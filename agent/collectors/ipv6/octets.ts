import { parseCount, parseFailure } from '../../parse-failure.ts';

/** Bytes of one address family since boot. */
export interface Octets {
  rxBytes: number | undefined;
  txBytes: number | undefined;
}

/** What the kernel counts of IPv6. */
export interface Ipv6Counters extends Octets {
  /** Router advertisements; undefined in a kernel that has counted none yet. */
  raReceived: number | undefined;
}

/**
 * Parses the IPv6 bytes of /proc/net/snmp6 or /proc/net/dev_snmp6/{interface} (net/ipv6/proc.c): one counter a line.
 *
 *     Ip6InReceives                   	92166
 *     Ip6InOctets                     	113479132
 *     Ip6OutOctets                    	9842685
 *     Icmp6InRouterAdvertisements     	13
 *
 * @throws CampusError `parse_failed`
 */
export function parseSnmp6(text: string, source = '/proc/net/snmp6'): Ipv6Counters {
  const octets: Ipv6Counters = { rxBytes: undefined, txBytes: undefined, raReceived: undefined };
  for (const [index, line] of text.split('\n').entries()) {
    const [name, value] = line.trim().split(/\s+/);
    const place = { source, line: index + 1 };
    if (name === 'Ip6InOctets') octets.rxBytes = parseCount(value, place, name);
    if (name === 'Icmp6InRouterAdvertisements') octets.raReceived = parseCount(value, place, name);
    if (name === 'Ip6OutOctets') octets.txBytes = parseCount(value, place, name);
  }
  if (octets.rxBytes === undefined)
    throw parseFailure({ source, line: 1 }, 'a line "Ip6InOctets"', text.split('\n')[0]);
  return octets;
}

/**
 * Parses the IPv4 bytes of /proc/net/netstat (net/ipv4/proc.c): a line of names and a line of values for each group;
 * `IpExt` counts IPv4 alone.
 *
 *     IpExt: InNoRoutes InTruncatedPkts InOctets OutOctets
 *     IpExt: 0 0 190585481 7512674
 *
 * @throws CampusError `parse_failed`
 */
export function parseNetstat(text: string): Octets {
  const source = '/proc/net/netstat';
  const lines = text.split('\n').map((line) => line.trim().split(/\s+/));
  const header = lines.findIndex(([group]) => group === 'IpExt:');
  const names = lines[header];
  const values = lines[header + 1];
  const place = { source, line: header + 2 };
  if (names === undefined) throw parseFailure({ source, line: 1 }, 'a line "IpExt:" with names', text.split('\n')[0]);
  if (values?.[0] !== 'IpExt:' || values.length !== names.length) {
    throw parseFailure(place, `"IpExt:" and ${names.length - 1} values`, values?.join(' '));
  }
  const count = (name: string): number | undefined => {
    const column = names.indexOf(name);
    return column === -1 ? undefined : parseCount(values[column], place, name);
  };
  return { rxBytes: count('InOctets'), txBytes: count('OutOctets') };
}

/** The IPv6 share of all IP bytes in percent; undefined when a count is unknown or nothing has passed. */
export function ipv6SharePercent(ipv6Bytes: number | undefined, ipv4Bytes: number | undefined): number | undefined {
  if (ipv6Bytes === undefined || ipv4Bytes === undefined) return undefined;
  const all = ipv6Bytes + ipv4Bytes;
  return ipv6Bytes < 0 || ipv4Bytes < 0 || all === 0 ? undefined : (100 * ipv6Bytes) / all;
}

/** Bytes both ways between two readings, negative after a reset; undefined when a count is unknown. */
export function octetsSince(before: Octets | undefined, now: Octets | undefined): number | undefined {
  const counts = [before?.rxBytes, before?.txBytes, now?.rxBytes, now?.txBytes];
  const [rxBefore, txBefore, rx, tx] = counts;
  if (rxBefore === undefined || txBefore === undefined || rx === undefined || tx === undefined) return undefined;
  return rx < rxBefore || tx < txBefore ? -1 : rx - rxBefore + tx - txBefore;
}
