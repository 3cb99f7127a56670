import { isIP, isIPv6 } from 'node:net';
import type { NotUnderstood } from '../../decode/decoded.ts';
import { type Place, parseFailure } from '../../parse-failure.ts';
import type { IpAddress, IpRoute } from './ip-json.ts';

/** An address of `ip addr`, with the flags that /proc shows, too. */
export interface ShownAddress extends IpAddress {
  temporary: boolean;
  deprecated: boolean;
  tentative: boolean;
  dadFailed: boolean;
}

/** A route of `ip route`. */
export interface ShownRoute extends IpRoute {
  /** `default`, or a prefix. */
  destination: string;
  family: 'inet' | 'inet6';
  metric: number;
  /** It leads somewhere: not one that refuses its packets, nor to the machine itself. */
  isUsable: boolean;
}

/** Words behind an address without a value (iproute2, ip/ipaddress.c); those that are of no use here are known all the same. */
const addressFlags = ['dynamic', 'temporary', 'secondary', 'deprecated', 'tentative', 'dadfailed', 'mngtmpaddr'];
const otherFlags = ['stable-privacy', 'noprefixroute', 'optimistic', 'nodad', 'home', 'autojoin', 'optimistic-dad'];
const knownFlags: ReadonlySet<string> = new Set([...addressFlags, ...otherFlags]);
/** Words with a value. */
const valued: ReadonlySet<string> = new Set(['scope', 'proto', 'metric', 'brd', 'peer', 'any', 'flags']);

/**
 * Parses a line of an address of `ip addr`:
 *
 *     inet6 2001:db8::5/64 scope global temporary deprecated dynamic mngtmpaddr noprefixroute
 *     inet 192.0.2.5/24 metric 100 brd 192.0.2.255 scope global dynamic eth0
 *
 * @throws CampusError `parse_failed`
 */
export function parseAddressLine(
  line: string,
  { interface: name, place, note }: { interface: string; place: Place; note: (unknown: NotUnderstood) => void },
): ShownAddress {
  const [family, prefix = '', ...words] = line.trim().split(/[\s\\]+/);
  const [address = '', lengthText = family === 'inet6' ? '128' : '32'] = prefix.split('/');
  const prefixLength = /^\d{1,3}$/.test(lengthText) ? Number(lengthText) : Number.NaN;
  const isOfFamily = family === 'inet6' ? isIPv6(address) : isIP(address) === 4;
  if ((family !== 'inet' && family !== 'inet6') || !isOfFamily || !(prefixLength <= (family === 'inet6' ? 128 : 32))) {
    throw parseFailure(place, 'inet or inet6 and an address with its prefix length', line);
  }
  const flags = new Set<string>();
  const values = new Map<string, string>();
  for (let index = 0; index < words.length; index++) {
    const word = words[index] ?? '';
    if (word === 'valid_lft' || word === 'preferred_lft') index++;
    else if (valued.has(word)) values.set(word, words[++index] ?? '');
    else if (knownFlags.has(word)) flags.add(word);
    // What remains is the label of an IPv4 address (`eth0:1`), which IPv6 has none of.
    else if (family === 'inet6' && word !== '') note({ line: place.line, field: 'inet6', value: word });
  }
  if (!values.has('scope')) throw parseFailure(place, 'an address with its scope', line);
  return {
    ...{ interface: name, address, family, prefixLength, protocol: values.get('proto') },
    dynamic: flags.has('dynamic'),
    managesTemporary: flags.has('mngtmpaddr'),
    stablePrivacy: flags.has('stable-privacy'),
    noPrefixRoute: flags.has('noprefixroute'),
    temporary: flags.has('temporary') || (family === 'inet6' && flags.has('secondary')),
    deprecated: flags.has('deprecated'),
    tentative: flags.has('tentative') || flags.has('optimistic'),
    dadFailed: flags.has('dadfailed'),
  };
}

/** Kinds of routes (ip-route(8)); all but the first lead nowhere, or to the machine itself. */
const kinds = [
  'unicast',
  'local',
  'broadcast',
  'anycast',
  'multicast',
  'throw',
  'unreachable',
  'prohibit',
  'blackhole',
];

/** True for a line that begins as one of `ip route` does. */
export function looksLikeIpRoute(line: string): boolean {
  const words = line.trim().split(/\s+/);
  const [destination = ''] = kinds.includes(words[0] ?? '') ? words.slice(1) : words;
  const [address = ''] = destination.split('/');
  const isDestination = destination === 'default' || isIP(address) !== 0;
  // A route may lead nowhere, or by several hops, which stand in lines of their own.
  const named = words.includes('dev') || words.includes('via') || words.includes('proto') || words.includes('metric');
  // A line of `ip neigh` has a state at its end, or a link-layer address.
  return isDestination && named && !words.includes('lladdr') && !/^[A-Z]+$/.test(words.at(-1) ?? '');
}

/**
 * Parses a line of `ip route` (iproute2, ip/iproute.c), of either family:
 *
 *     default via fe80::1 dev eth0 proto ra metric 1024 expires 1799sec hoplimit 64 pref medium
 *     2001:db8:5::/64 dev eth0 proto kernel metric 256 expires 3599sec pref medium
 *     unreachable default dev lo metric 4294967295 error -101
 *
 * @param of the route of which this is one hop: `nexthop via fe80::2 dev eth0 weight 1`
 * @throws CampusError `parse_failed`
 */
export function parseRouteLine(line: string, place: Place, of?: ShownRoute): ShownRoute {
  const words = line.trim().split(/\s+/);
  const kind = kinds.includes(words[0] ?? '') ? words.shift() : undefined;
  const destination = of?.destination ?? words[0] ?? '';
  const valueAfter = (word: string): string | undefined => {
    const at = words.indexOf(word);
    return at === -1 ? undefined : (words[at + 1] ?? '');
  };
  const [gateway, name, expires, pref] = [
    valueAfter('via'),
    valueAfter('dev'),
    valueAfter('expires'),
    valueAfter('pref'),
  ];
  const via = gateway === 'inet6' ? words[words.indexOf('via') + 2] : gateway;
  if (via !== undefined && isIP(via) === 0) throw parseFailure(place, 'the address of a router behind "via"', line);
  if (name === '') throw parseFailure(place, 'an interface behind "dev"', line);
  if (expires !== undefined && !/^\d+sec$/.test(expires)) throw parseFailure(place, 'a time such as 1799sec', expires);
  const metric = valueAfter('metric') ?? `${of?.metric ?? 0}`;
  if (!/^\d+$/.test(metric)) throw parseFailure(place, 'a metric', line);
  const isInet6 = [destination, via ?? ''].some((text) => text.includes(':')) || pref !== undefined;
  return {
    ...{ destination, family: isInet6 ? 'inet6' : (of?.family ?? 'inet'), metric: Number(metric) },
    ...{ interface: name ?? '', gateway: via, protocol: valueAfter('proto') ?? of?.protocol },
    expiresSeconds: expires === undefined ? of?.expiresSeconds : Number.parseInt(expires, 10),
    preference: pref ?? of?.preference,
    isUsable: (kind === undefined || kind === 'unicast') && name !== 'lo' && !words.includes('linkdown'),
  };
}
