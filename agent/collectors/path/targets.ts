import { isIP } from 'node:net';
import type { PathFamily, PathMethod, PathRole } from '../../../contract/measurements/path.ts';
import { type Host, readParsed } from '../../host/host.ts';
import { encodeAddress, scopeOf } from '../ipv6/address.ts';
import { addressesOf } from '../ipv6/addresses-of.ts';
import { defaultRoutes, parseIpv6Route } from '../ipv6/ipv6-route.ts';
import { isLoopback, readNameServers } from '../ipv6/resolv-conf.ts';
import { parseIpv4DefaultRoutes } from './ipv4-route.ts';
import type { PathServer } from './server.ts';

/** A way to measure, with the port where it has one. */
export interface Means {
  method: PathMethod;
  /** 0 for `icmp`. */
  port: number;
}

/** At least one way to measure, best first. */
export type MeansList = readonly [Means, ...Means[]];

/** One end of a path, in one address family. */
export interface PathTarget {
  /** The tag `target`. */
  target: string;
  role: PathRole;
  family: PathFamily;
  /** An IPv6 link-local one with its zone. */
  address: string;
  means: MeansList;
}

/** Name servers of each family that are measured: the resolver turns to the others only when these are silent. */
const NAME_SERVERS_MAX = 2;

const icmp: Means = { method: 'icmp', port: 0 };

/** The next hops of the best default route of each family (/proc/net/route, /proc/net/ipv6_route). */
export async function firstHops(host: Host): Promise<PathTarget[]> {
  const ipv4 = (await readParsed(host, '/proc/net/route', parseIpv4DefaultRoutes)) ?? [];
  const ipv6 = defaultRoutes((await readParsed(host, '/proc/net/ipv6_route', parseIpv6Route)) ?? []);
  const best = ipv6
    .flatMap(({ gateway, interface: name, metric }) => (gateway === undefined ? [] : [{ gateway, name, metric }]))
    .toSorted((one, other) => one.metric - other.metric)
    .map(({ gateway, name }) => encodeAddress(gateway) + (scopeOf(gateway) === 'link-local' ? `%${name}` : ''));
  const addresses = [...ipv4.slice(0, 1).map(({ gateway }) => gateway), ...best.slice(0, 1)];
  return toTargets({ target: 'first-hop', role: 'first-hop', means: [icmp] }, addresses);
}

/** The first name servers of each family that are other machines: `dns-1` is the first of both. */
export async function nameServers(host: Host): Promise<PathTarget[]> {
  const servers = ((await readNameServers(host)) ?? []).filter((server) => !isLoopback(server));
  const means: MeansList = [icmp, { method: 'tcp', port: 53 }];
  return ([4, 6] as const).flatMap((family) =>
    servers
      .filter((server) => server.family === family)
      .slice(0, NAME_SERVERS_MAX)
      .flatMap(({ address }, index) => toTargets({ target: `dns-${index + 1}`, role: 'dns', means }, [address])),
  );
}

/** The school's gateway: its reflector, or the port to which the agent reports. None where it is this machine. */
export async function gateways(host: Host, url: URL, stampPort: number): Promise<PathTarget[]> {
  const name = url.hostname.replace(/^\[|\]$/g, '');
  const reportPort = Number(url.port || (url.protocol === 'mqtts:' ? 8883 : 1883));
  const means: MeansList = [
    { method: 'stamp', port: stampPort },
    { method: 'tcp', port: reportPort },
  ];
  const addresses = await addressesOf(host, name);
  return toTargets({ target: 'gateway', role: 'gateway', means }, addresses);
}

/** A configured server in the families that it has. */
export async function lessonServers(host: Host, { method, host: name, port }: PathServer): Promise<PathTarget[]> {
  const target = method === 'icmp' ? name : `${name}:${port}`;
  return toTargets({ target, role: 'lesson', means: [{ method, port }] }, await addressesOf(host, name));
}

function toTargets(shape: Omit<PathTarget, 'family' | 'address'>, addresses: readonly string[]): PathTarget[] {
  return addresses
    .filter((address) => shape.role === 'lesson' || !isLoopback({ address, family: 4 }))
    .map((address) => ({ ...shape, family: isIP(address) === 4 ? 'ipv4' : 'ipv6', address }));
}
