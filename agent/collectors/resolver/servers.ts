import type { PathFamily } from '../../../contract/measurements/path.ts';
import type { Host } from '../../host/host.ts';
import { isLoopback, readNameServers } from '../ipv6/resolv-conf.ts';

/** The C library's resolver knows no more (resolv.conf(5), MAXNS). */
const SERVERS_MAX = 3;

/** A name server that the machine asks. */
export interface ResolverServer {
  /** `dns-1` for the first of its family, as the path collector counts them; `local` for a cache on this machine. */
  server: string;
  family: PathFamily;
  /** IPv6 possibly with a zone. */
  address: string;
}

/** The name servers of the machine; undefined when it has no list of them. */
export async function resolverServers(host: Host): Promise<ResolverServer[] | undefined> {
  const listed = await readNameServers(host);
  if (listed === undefined) return undefined;
  return ([4, 6] as const).flatMap((version) => {
    const family = version === 4 ? 'ipv4' : 'ipv6';
    const own = listed.filter((server) => server.family === version);
    const local = own.filter(isLoopback).slice(0, 1);
    const others = own.filter((server) => !isLoopback(server)).slice(0, SERVERS_MAX);
    return [
      ...local.map(({ address }): ResolverServer => ({ server: 'local', family, address })),
      ...others.map(({ address }, index): ResolverServer => ({ server: `dns-${index + 1}`, family, address })),
    ];
  });
}
