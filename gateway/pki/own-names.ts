import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { hostname, networkInterfaces } from 'node:os';
import { GATEWAY_NAME } from '../../contract/gateway-name.ts';

/** What people and devices may call a gateway by. */
export interface ServerNames {
  dns: string[];
  ips: string[];
}

/** Names in one certificate: a handshake stays within one packet's flight, and a host with more addresses has them for containers. */
const NAMES_MAX = 64;

/** Flags of /proc/net/if_inet6 (Linux include/uapi/linux/if_addr.h): an address that changes within days, one that goes out of use. */
const TEMPORARY = 0x01;
const DEPRECATED = 0x20;

/**
 * Temporary addresses (RFC 8981) in the kernel's list, compressed as Node.js writes them.
 *
 *     20010db8000000000000000000000001 02 40 00 01     eth0
 *
 * Address, interface index, prefix length, scope and flags, all hexadecimal (Documentation/networking in the kernel has no page of it).
 */
export function parseTemporaryAddresses(text: string): Set<string> {
  const temporary = text
    .split('\n')
    .map((line) => /^([0-9a-f]{32}) +[0-9a-f]+ +[0-9a-f]+ +[0-9a-f]+ +([0-9a-f]+) /.exec(line))
    .filter((match) => match !== null)
    .filter(([, , flags = '0']) => (Number.parseInt(flags, 16) & (TEMPORARY | DEPRECATED)) !== 0)
    .map(([, digits = '']) => canonicalIp((digits.match(/.{4}/g) ?? []).join(':')));
  return new Set(temporary);
}

/**
 * The names of a gateway's certificate: its host name, also in the form that multicast DNS gives it (RFC 6762), `localhost`, its addresses
 * and what else is configured. Link-local addresses are left out: nobody can put one into a URL that works on two machines.
 * @param addresses of the machine
 * @param extra names and addresses that are configured
 */
export function serverNames(host: string, addresses: readonly string[], extra: readonly string[]): ServerNames {
  const label = host.split('.')[0] ?? '';
  const ours = [GATEWAY_NAME, 'localhost', ...[host, label, `${label}.local`].filter(isHostName)];
  const reachable = addresses.filter((address) => !/^(fe[89ab]|169\.254\.)/.test(address));
  const dns = [...new Set([...ours, ...extra.filter((name) => isIP(name) === 0)].map((name) => name.toLowerCase()))];
  const ips = [...new Set([...['127.0.0.1', '::1'], ...extra.filter((name) => isIP(name) !== 0), ...reachable])];
  return { dns: dns.slice(0, NAMES_MAX), ips: ips.map(canonicalIp).slice(0, NAMES_MAX) };
}

/** The names of this machine now. */
export function ownNames(extra: readonly string[]): ServerNames {
  const temporary = parseTemporaryAddresses(readIfThere('/proc/net/if_inet6'));
  const addresses = Object.values(networkInterfaces())
    .flatMap((list) => list ?? [])
    .map(({ address }) => canonicalIp(address))
    .filter((address) => !temporary.has(address));
  return serverNames(hostname(), addresses, extra);
}

/** An address in the one form that all ways of writing it share (RFC 5952). */
export function canonicalIp(address: string): string {
  if (isIP(address) !== 6) return address;
  return new URL(`http://[${address.replace(/%.*$/, '')}]`).hostname.slice(1, -1);
}

/** A host name as DNS allows it (RFC 1123 §2.1), of which a certificate may carry 64 characters as its common name. */
export function isHostName(name: string): boolean {
  return name.length <= 64 && /^(?!-)[a-z0-9-]{1,63}(?<!-)(\.(?!-)[a-z0-9-]{1,63}(?<!-))*$/i.test(name);
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    // A kernel without IPv6 has no such file.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  }
}
