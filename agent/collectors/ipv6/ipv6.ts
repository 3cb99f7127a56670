import { type Static, Type } from 'typebox';
import { ipv6 } from '../../../contract/measurements/ipv6.ts';
import type { CollectedMetric, Collector } from '../../collector.ts';
import { type Host, readParsed } from '../../host/host.ts';
import { type KernelAddress, parseIfInet6 } from './if-inet6.ts';
import { type InterfaceSettings, readForwarding, readInterfaceSettings } from './interface-settings.ts';
import { createIpFacts } from './ip-facts.ts';
import { defaultRoutes, type KernelRoute, parseIpv6Route } from './ipv6-route.ts';
import { type ListedAddress, listAddresses } from './listed-address.ts';
import { parseNetstat, parseSnmp6 } from './octets.ts';
import { createReachability, parseTarget, TARGETS_MAX, type Target } from './reachability.ts';
import {
  addressReading,
  type FamilyOctets,
  type Ipv6Reading,
  nameServerReading,
  routerReading,
  trafficReading,
} from './reading.ts';
import { isLoopback, type NameServer, readNameServers } from './resolv-conf.ts';
import { type ListedRouter, listRouters } from './router.ts';
import { isRoutable, isUsable, summarise } from './summary.ts';

const configSchema = Type.Object({
  targets: Type.Array(
    Type.Refine(
      Type.String(),
      (text) => parseTarget(text) !== undefined,
      () => 'expected an IPv6 address and a port such as "[2001:db8::53]:53"',
    ),
    { maxItems: TARGETS_MAX, default: [], description: `at most ${TARGETS_MAX} targets such as "[2001:db8::53]:53"` },
  ),
});

/** IPv6 of the machine and of each interface: addresses, routers, name servers, traffic, and how far it all gets. */
export function createIpv6(): Collector<typeof configSchema> {
  const ipFacts = createIpFacts();
  const reachable = createReachability();
  let before: FamilyOctets | undefined;
  return {
    name: 'ipv6',
    defaultIntervalSeconds: 10,
    configSchema,
    async collect(host, config, signal) {
      const kernelAddresses = (await readParsed(host, '/proc/net/if_inet6', parseIfInet6)) ?? [];
      const routes = (await readParsed(host, '/proc/net/ipv6_route', parseIpv6Route)) ?? [];
      const facts = await ipFacts(host, fingerprint(kernelAddresses, routes), signal);
      const addresses = listAddresses(kernelAddresses, facts, routes);
      const routers = await listRouters(host, routes, facts);
      const nameServers = await readNameServers(host);
      const routed = routers.length > 0 && addresses.some((address) => isUsable(address) && isRoutable(address));
      const answered = await reachable(host, routed, probeTargets({ config, nameServers, addresses }));
      const octets = await readFamilyOctets(host);
      const fields: Ipv6Reading = {
        ...summarise({ addresses, hasRouter: routers.length > 0, answered }),
        ...addressReading(addresses),
        ...routerReading(routers),
        ...nameServerReading(nameServers),
        reachable_target: answered,
        forwarding: await readForwarding(host, 'all'),
        ...trafficReading(before, octets),
      };
      before = octets;
      return [{ name: ipv6.name, tags: {}, fields }, ...(await perInterface(host, addresses, routers))];
    },
  };
}

/** What must change for `ip` to be asked again; counters of the routing table are left out. */
function fingerprint(addresses: readonly KernelAddress[], routes: readonly KernelRoute[]): string {
  return JSON.stringify([addresses, defaultRoutes(routes)]);
}

/** Targets of the configuration and the name servers that are other machines: nobody else is asked. */
function probeTargets(facts: {
  config: Static<typeof configSchema>;
  nameServers: readonly NameServer[] | undefined;
  addresses: readonly ListedAddress[];
}): Target[] {
  const own = new Set(facts.addresses.map(({ address }) => address));
  const configured = facts.config.targets.flatMap((text) => parseTarget(text) ?? []);
  const servers = (facts.nameServers ?? []).filter((server) => server.family === 6 && !isLoopback(server));
  const dns = servers.filter(({ address }) => !own.has(address)).map(({ address }) => ({ address, port: 53 }));
  return [...configured, ...dns];
}

async function readFamilyOctets(host: Host): Promise<FamilyOctets> {
  return {
    ipv6: await readParsed(host, '/proc/net/snmp6', parseSnmp6),
    ipv4: await readParsed(host, '/proc/net/netstat', parseNetstat),
  };
}

async function perInterface(
  host: Host,
  addresses: readonly ListedAddress[],
  routers: readonly ListedRouter[],
): Promise<CollectedMetric[]> {
  const settings = (await readInterfaceSettings(host)) ?? [];
  return Promise.all(
    settings.map(async ({ name, forwarding, acceptRa }: InterfaceSettings) => {
      const source = `/proc/net/dev_snmp6/${name}`;
      const octets = await readParsed(host, source, (text) => parseSnmp6(text, source));
      const fields: Ipv6Reading = {
        ...addressReading(addresses.filter((address) => address.interface === name)),
        ...routerReading(routers.filter((router) => router.interface === name)),
        forwarding,
        accept_ra: acceptRa,
        ipv6_rx_bytes: octets?.rxBytes,
        ipv6_tx_bytes: octets?.txBytes,
      };
      return { name: ipv6.name, tags: { interface: name }, fields };
    }),
  );
}
