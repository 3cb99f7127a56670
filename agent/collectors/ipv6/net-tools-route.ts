import { isIPv6 } from 'node:net';
import { parseFailure } from '../../parse-failure.ts';
import type { ShownRoute } from './ip-text.ts';

/** The heading of the table. */
export const netToolsHeading = /^Destination\s+Next Hop\s+Flags?\s+Met/;

/**
 * Parses a row of `route -6 -n` (net-tools, lib/inet6_gr.c):
 *
 *     Destination                    Next Hop                   Flag Met Ref Use If
 *     ::/0                           fe80::1                    UGDAe 1024 1   0 eth0
 *     ::/0                           ::                         !n   -1  1   12 lo
 *
 * @throws CampusError `parse_failed`
 */
export function parseNetToolsRow(row: string, number: number): ShownRoute {
  const place = { source: 'route -6', line: number };
  const [destination = '', hop = '', flags = '', metric = '', ...rest] = row.trim().split(/\s+/);
  const name = rest.at(-1);
  if (name === undefined || rest.length < 2) throw parseFailure(place, 'seven columns', row);
  const [address = ''] = destination.replace('[::]', '::').split('/');
  const nextHop = hop.replace('[::]', '::');
  if (!isIPv6(address) || !isIPv6(nextHop)) throw parseFailure(place, 'a destination and a next hop', row);
  if (!/^-?\d+$/.test(metric)) throw parseFailure(place, 'a metric', metric);
  return {
    destination: /^::\/0$/.test(destination.replace('[::]', '::')) ? 'default' : destination,
    ...{ family: 'inet6', metric: Number(metric), interface: name },
    gateway: flags.includes('G') ? nextHop : undefined,
    protocol: flags.includes('A') ? 'ra' : undefined,
    ...{ expiresSeconds: undefined, preference: undefined },
    isUsable: flags.includes('U') && !flags.includes('!') && name !== 'lo',
  };
}
