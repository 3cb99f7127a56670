import { isIPv4 } from 'node:net';
import { type Place, parseFailure } from '../../parse-failure.ts';
import { type LeaseFacts, prefixLengthOf } from './lease-facts.ts';

/** Units of systemd's time spans (systemd.time(7)), in seconds. */
const unitSeconds: Readonly<Record<string, number>> = {
  ...{ y: 31_557_600, month: 2_629_800, w: 604_800, d: 86_400 },
  ...{ h: 3600, min: 60, s: 1 },
};

/** A lease without an end (RFC 2131 §3.3). */
const INFINITE = 0xffffffff;

/**
 * Parses a lease as systemd-networkd keeps it in /run/systemd/netif/leases/INDEX (sd-dhcp-lease.c, dhcp_lease_save):
 *
 *     # This is private data. Do not parse.
 *     ADDRESS=192.168.1.20
 *     NETMASK=255.255.255.0
 *     ROUTER=192.168.1.1
 *     SERVER_ADDRESS=192.168.1.2
 *     T1=30min
 *     T2=52min 30s
 *     LIFETIME=1h
 *     DNS=192.168.1.3 192.168.1.4
 *     DOMAINNAME=school.example
 *
 * Older ones write plain seconds. The note asks for care: keys that are not known are passed over, and those that are gone are absent.
 * @throws CampusError `parse_failed`
 */
export function parseNetworkdLease(text: string, source: string): Omit<LeaseFacts, 'interface'> {
  const entries = text.split('\n').flatMap((line, index): [string, { value: string; place: Place }][] => {
    if (line.trim() === '' || line.startsWith('#')) return [];
    const place = { source, line: index + 1 };
    const match = /^([A-Z][A-Z0-9_]*)=(.*)$/.exec(line);
    if (match === null) throw parseFailure(place, 'KEY=VALUE', line);
    const [, key = '', value = ''] = match;
    return [[key, { value: value.replace(/^"(.*)"$/, '$1'), place }]];
  });
  const values = new Map(entries);
  const words = (key: string): string[] | undefined =>
    values
      .get(key)
      ?.value.split(' ')
      .filter((word) => word !== '');
  const seconds = (key: string): number | undefined => {
    const entry = values.get(key);
    return entry === undefined ? undefined : parseTimeSpan(entry.value, entry.place);
  };
  const address = values.get('ADDRESS');
  if (address === undefined || !isIPv4(address.value)) {
    throw parseFailure(address?.place ?? { source, line: 1 }, 'ADDRESS with an IPv4 address', address?.value);
  }
  return {
    ...{ family: 'ipv4', client: 'systemd-networkd', address: address.value },
    prefixLength: prefixLengthOf(values.get('NETMASK')?.value),
    server: values.get('SERVER_ADDRESS')?.value,
    routers: words('ROUTER'),
    nameServers: words('DNS'),
    domain: values.get('DOMAINNAME')?.value,
    leaseSeconds: seconds('LIFETIME'),
    renewSeconds: seconds('T1'),
    rebindSeconds: seconds('T2'),
  };
}

/** @returns undefined for a time without an end */
function parseTimeSpan(text: string, place: Place): number | undefined {
  if (text === 'infinity' || text === String(INFINITE)) return undefined;
  if (/^\d+$/.test(text)) return Number(text);
  let total = 0;
  for (const part of text.split(' ')) {
    const [, count, unit = ''] = /^(\d+)([a-z]+)$/.exec(part) ?? [];
    const factor = unitSeconds[unit];
    if (count === undefined || factor === undefined) throw parseFailure(place, 'a time span such as 52min 30s', text);
    total += Number(count) * factor;
  }
  return total;
}
