import { ipv6Dns } from '../../../contract/measurements/ipv6-dns.ts';
import type { CollectedMetric, Reading } from '../../collector.ts';
import type { Host } from '../../host/host.ts';
import { IPV4_ONLY, nat64Prefixes } from './nat64.ts';
import { isLoopback, type NameServer } from './resolv-conf.ts';

/** The resolver asks no more (resolv.conf(5), MAXNS). */
const SERVERS_MAX = 3;

/**
 * Asks the name servers of the machine, each by the family of its address, for the addresses of ipv4only.arpa (RFC 7050 §3). Link-local
 * ones are left out: the resolver library of Node.js takes no zone.
 */
export async function checkNameServers(host: Host, servers: readonly NameServer[]): Promise<CollectedMetric[]> {
  const asked = servers.filter((server) => !isLoopback(server) && !server.address.includes('%')).slice(0, SERVERS_MAX);
  return Promise.all(asked.map((server) => check(host, server)));
}

async function check(host: Host, { address, family }: NameServer): Promise<CollectedMetric> {
  const since = host.monotonicMs();
  const { outcome, addresses } = await host.resolve({ server: address, name: IPV4_ONLY, type: 'AAAA' });
  const answered = outcome !== 'timeout' && outcome !== 'failed';
  const prefixes = nat64Prefixes(addresses);
  const known = outcome === 'answer' || outcome === 'no-data';
  const fields: Reading<typeof ipv6Dns> = {
    answered,
    outcome,
    duration_ms: answered ? Math.round((host.monotonicMs() - since) * 10) / 10 : undefined,
    // A server that does not know the name at all has not said what it would make of an IPv4 address.
    dns64: known ? prefixes.length > 0 : undefined,
    nat64_prefixes: known ? JSON.stringify(prefixes) : undefined,
  };
  return { name: ipv6Dns.name, tags: { server: address, family: family === 4 ? 'ipv4' : 'ipv6' }, fields };
}
