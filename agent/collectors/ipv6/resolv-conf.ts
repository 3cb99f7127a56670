import { isIP } from 'node:net';
import { type Host, readParsed } from '../../host/host.ts';

export interface NameServer {
  /** As written, an IPv6 link-local one with its zone. */
  address: string;
  family: 4 | 6;
}

/** The file keeps as many; the resolver asks the first three only (resolv.conf(5), MAXNS). */
const NAME_SERVERS_MAX = 16;

const RESOLVED_UPSTREAM = '/run/systemd/resolve/resolv.conf';

/**
 * Parses /etc/resolv.conf (resolv.conf(5)). Like the resolver, it passes over lines that name no address.
 *
 *     # made by dhcpcd
 *     nameserver 192.168.1.1
 *     nameserver fe80::1%eth0
 *     search school.example
 */
export function parseResolvConf(text: string): NameServer[] {
  const servers = text.split('\n').flatMap((line): NameServer[] => {
    const [keyword, address = ''] = line.trim().split(/\s+/);
    const family = isIP(address);
    return keyword === 'nameserver' && (family === 4 || family === 6) ? [{ address, family }] : [];
  });
  return servers.slice(0, NAME_SERVERS_MAX);
}

/** True for a server on this machine: a cache, behind which the real ones stand. */
export function isLoopback({ address }: NameServer): boolean {
  return address.startsWith('127.') || address === '::1';
}

/** The machine's name servers; behind systemd-resolved's stub, those that it asks (systemd-resolved.service(8)). */
export async function readNameServers(host: Host): Promise<NameServer[] | undefined> {
  const servers = await readParsed(host, '/etc/resolv.conf', parseResolvConf);
  if (servers === undefined || !servers.some(({ address }) => address === '127.0.0.53')) return servers;
  return (await readParsed(host, RESOLVED_UPSTREAM, parseResolvConf)) ?? servers;
}
