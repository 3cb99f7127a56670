import { isIPv4, isIPv6, SocketAddress } from 'node:net';
import { parseFailure } from '../../parse-failure.ts';
import { type Block, parseBlocks } from './blocks.ts';
import { type LeaseFacts, prefixLengthOf } from './lease-facts.ts';

/**
 * Parses what dhclient keeps in /var/lib/dhcp (dhclient.leases(5)); the last lease of an interface is the one that holds:
 *
 *     lease {
 *       interface "eth0";
 *       fixed-address 192.168.1.20;
 *       option subnet-mask 255.255.255.0;
 *       option routers 192.168.1.1;
 *       option dhcp-lease-time 3600;
 *       option domain-name-servers 192.168.1.3,192.168.1.4;
 *       option dhcp-server-identifier 192.168.1.2;
 *       renew 1 2026/11/30 12:25:11;
 *       expire 1 2026/11/30 12:55:11;
 *     }
 *     lease6 {
 *       interface "eth0";
 *       ia-na 0a:0b:0c:0d {
 *         starts 1796040000;
 *         renew 1800;
 *         rebind 2880;
 *         iaaddr 2001:db8::100 {
 *           starts 1796040000;
 *           max-life 7200;
 *         }
 *       }
 *       option dhcp6.name-servers 2001:db8::53;
 *     }
 *
 * @throws CampusError `parse_failed`
 */
export function parseDhclientLeases(text: string, source: string): LeaseFacts[] {
  const newest = new Map<string, LeaseFacts>();
  for (const block of parseBlocks(text, source)) {
    if (block.head !== 'lease' && block.head !== 'lease6') continue;
    for (const facts of block.head === 'lease' ? [toLease(block, source)] : toLeases6(block, source)) {
      const key = `${facts.interface} ${facts.family}`;
      // A set that is told again goes last.
      newest.delete(key);
      newest.set(key, facts);
    }
  }
  return [...newest.values()];
}

function toLease(block: Block, source: string): LeaseFacts {
  const { statements } = block;
  const address = statements.get('fixed-address');
  if (address === undefined || !isIPv4(address)) throw missing(source, 'fixed-address with an IPv4 address', address);
  return {
    ...{ interface: interfaceOf(block, source), family: 'ipv4', client: 'dhclient', address },
    prefixLength: prefixLengthOf(statements.get('option subnet-mask')),
    server: statements.get('option dhcp-server-identifier'),
    routers: list(statements.get('option routers')),
    nameServers: list(statements.get('option domain-name-servers')),
    domain: unquoted(statements.get('option domain-name')),
    leaseSeconds: count(statements.get('option dhcp-lease-time')),
    renewSeconds: count(statements.get('option dhcp-renewal-time')),
    rebindSeconds: count(statements.get('option dhcp-rebinding-time')),
    endsAt: moment(statements.get('expire')),
  };
}

/** The addresses of a lease; a prefix that is delegated (`ia-pd`) is none. */
function toLeases6(block: Block, source: string): LeaseFacts[] {
  const associations = block.blocks.filter(({ head }) => /^ia-[nt]a /.test(head));
  return associations.flatMap(({ statements, blocks }) =>
    blocks.flatMap((inner): LeaseFacts[] => {
      const written = /^iaaddr (\S+)$/.exec(inner.head)?.[1];
      if (written === undefined) return [];
      if (!isIPv6(written)) throw missing(source, 'iaaddr with an IPv6 address', written);
      const startsAt = count(inner.statements.get('starts'));
      const leaseSeconds = count(inner.statements.get('max-life'));
      return [
        {
          ...{ interface: interfaceOf(block, source), family: 'ipv6', client: 'dhclient' },
          address: new SocketAddress({ address: written, family: 'ipv6' }).address,
          nameServers: list(block.statements.get('option dhcp6.name-servers')),
          leaseSeconds,
          renewSeconds: count(statements.get('renew')),
          rebindSeconds: count(statements.get('rebind')),
          endsAt: startsAt === undefined || leaseSeconds === undefined ? undefined : (startsAt + leaseSeconds) * 1000,
        },
      ];
    }),
  );
}

function interfaceOf({ statements }: Block, source: string): string {
  const name = unquoted(statements.get('interface'));
  if (name === undefined || name === '') throw missing(source, 'a lease with its interface', name);
  return name;
}

function missing(source: string, expected: string, got: string | undefined): Error {
  return parseFailure({ source, line: 1 }, expected, got);
}

function list(text: string | undefined): string[] | undefined {
  return text?.split(/[,\s]+/).filter((word) => word !== '');
}

function unquoted(text: string | undefined): string | undefined {
  return text?.replace(/^"(.*)"$/, '$1');
}

/** 0xffffffff is a time without an end (RFC 2131 §3.3, RFC 8415 §7.7). */
function count(text: string | undefined): number | undefined {
  return text === undefined || !/^\d+$/.test(text) || Number(text) === 0xffffffff ? undefined : Number(text);
}

/** `1 2026/11/30 12:55:11`, the day of the week first, in UTC; `never`; or `epoch 1796043311; # …` where dhclient is told so. */
function moment(text: string | undefined): number | undefined {
  const epoch = /^epoch (\d+)/.exec(text ?? '')?.[1];
  if (epoch !== undefined) return Number(epoch) * 1000;
  const [, date, time] = /^\d (\d{4}\/\d\d\/\d\d) (\d\d:\d\d:\d\d)$/.exec(text ?? '') ?? [];
  return date === undefined ? undefined : Date.parse(`${date.replaceAll('/', '-')}T${time}Z`);
}
