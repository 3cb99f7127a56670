import { Type } from '#typebox';
import { lease } from '../../../contract/measurements/lease.ts';
import type { CollectedMetric, Collector, NotPresent, PartlyCollected, Reading } from '../../collector.ts';
import { type Host, readParsed } from '../../host/host.ts';
import { encodeAddress } from '../ipv6/address.ts';
import { parseIfInet6 } from '../ipv6/if-inet6.ts';
import { parseOwnIpv4Addresses } from '../network/fib-trie.ts';
import { readLink } from '../network/link.ts';
import { parseNetDev } from '../network/net-dev.ts';
import { parseDhclientLeases } from './dhclient.ts';
import type { LeaseFacts } from './lease-facts.ts';
import { parseNetworkdLease } from './networkd.ts';

const NETWORKD_LEASES = '/run/systemd/netif/leases';
const DHCLIENT_LEASES = '/var/lib/dhcp';
/** Files read in each of them: one for an interface and family. */
const FILES_MAX = 64;

/** What the DHCP clients of the machine keep of the leases that it uses, as far as they keep it in files. */
export function createLease(): Collector<ReturnType<typeof Type.Object>, PartlyCollected | NotPresent> {
  return {
    name: 'lease',
    defaultIntervalSeconds: 60,
    configSchema: Type.Object({}),
    async collect(host) {
      const failures: Error[] = [];
      const found = [...(await networkdLeases(host, failures)), ...(await dhclientLeases(host, failures))];
      const own = await ownAddresses(host);
      // Files outlive their leases: an address that the machine does not have is one that it had.
      const held = found.filter(({ address }) => own.has(address));
      if (held.length === 0 && failures.length === 0) {
        return { notPresent: 'no DHCP client keeps a lease in a file here (systemd-networkd and dhclient do)' };
      }
      return { metrics: held.map((facts) => toMetric(facts, host.now())), failures };
    },
  };
}

/** One file for each interface, by its index. */
async function networkdLeases(host: Host, failures: Error[]): Promise<LeaseFacts[]> {
  const names = await namesByIndex(host);
  const files = (await host.readDir(NETWORKD_LEASES)) ?? [];
  return readEach(host, failures, {
    paths: files.filter((file) => names.has(file)).map((file) => `${NETWORKD_LEASES}/${file}`),
    parse: (text, path) => [
      { ...parseNetworkdLease(text, path), interface: names.get(path.slice(NETWORKD_LEASES.length + 1)) ?? '' },
    ],
  });
}

async function dhclientLeases(host: Host, failures: Error[]): Promise<LeaseFacts[]> {
  const files = (await host.readDir(DHCLIENT_LEASES)) ?? [];
  return readEach(host, failures, {
    paths: files.filter((file) => /^dhclient.*\.leases?$/.test(file)).map((file) => `${DHCLIENT_LEASES}/${file}`),
    parse: parseDhclientLeases,
  });
}

/** A file that cannot be read or understood hides none of the others. */
async function readEach(
  host: Host,
  failures: Error[],
  { paths, parse }: { paths: readonly string[]; parse: (text: string, path: string) => LeaseFacts[] },
): Promise<LeaseFacts[]> {
  const read = paths.slice(0, FILES_MAX).map(async (path) => {
    try {
      return (await readParsed(host, path, (text) => parse(text, path))) ?? [];
    } catch (error) {
      failures.push(error instanceof Error ? error : new Error(String(error)));
      return [];
    }
  });
  return (await Promise.all(read)).flat();
}

async function namesByIndex(host: Host): Promise<Map<string, string>> {
  const interfaces = (await readParsed(host, '/proc/net/dev', parseNetDev)) ?? [];
  const links = await Promise.all(interfaces.map(async ({ name }) => ({ name, link: await readLink(host, name) })));
  return new Map(links.flatMap(({ name, link }) => (link.ifindex === undefined ? [] : [[`${link.ifindex}`, name]])));
}

async function ownAddresses(host: Host): Promise<Set<string>> {
  const ipv4 = (await readParsed(host, '/proc/net/fib_trie', parseOwnIpv4Addresses)) ?? [];
  const ipv6 = (await readParsed(host, '/proc/net/if_inet6', parseIfInet6)) ?? [];
  return new Set([...ipv4, ...ipv6.map(({ groups }) => encodeAddress(groups))]);
}

function toMetric(facts: LeaseFacts, now: number): CollectedMetric {
  const json = (list: readonly string[] | undefined): string | undefined => list && JSON.stringify(list);
  const remaining = facts.endsAt === undefined ? undefined : Math.round((facts.endsAt - now) / 1000);
  const fields: Reading<typeof lease> = {
    address: facts.address,
    prefix_length: facts.prefixLength,
    server: facts.server,
    routers: json(facts.routers),
    dns_servers: json(facts.nameServers),
    domain: facts.domain,
    lease_seconds: facts.leaseSeconds,
    renew_seconds: facts.renewSeconds,
    rebind_seconds: facts.rebindSeconds,
    // A clock that was set since tells nothing of what is left.
    remaining_seconds: isWithin(remaining, facts.leaseSeconds) ? remaining : undefined,
  };
  return { name: lease.name, tags: { interface: facts.interface, family: facts.family, client: facts.client }, fields };
}

function isWithin(remaining: number | undefined, leaseSeconds: number | undefined): boolean {
  return remaining !== undefined && remaining >= 0 && remaining <= (leaseSeconds ?? Number.POSITIVE_INFINITY);
}
