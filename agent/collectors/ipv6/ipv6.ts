import { ipv6 } from '../../../contract/measurements/ipv6.ts';
import type { CollectedMetric, Collector, PartlyCollected } from '../../collector.ts';
import { type Host, readParsed } from '../../host/host.ts';
import { advertisedReading, routerMetrics } from './advertised-reading.ts';
import type { HeardAdvertisement } from './advertisement.ts';
import { Background } from './background.ts';
import { gatewayTarget, measureDualStack, parseDualStackTarget } from './dual-stack.ts';
import { type KernelAddress, parseIfInet6 } from './if-inet6.ts';
import { type InterfaceSettings, readForwarding, readInterfaceSettings } from './interface-settings.ts';
import { createIpFacts } from './ip-facts.ts';
import { type Ipv6Config, ipv6ConfigSchema } from './ipv6-config.ts';
import { defaultRoutes, type KernelRoute, parseIpv6Route } from './ipv6-route.ts';
import { type ListedAddress, listAddresses } from './listed-address.ts';
import { AdvertisementListener } from './listen.ts';
import { checkNameServers } from './name-servers-check.ts';
import { type Ipv6Counters, parseNetstat, parseSnmp6 } from './octets.ts';
import { createReachability, parseTarget, type Target } from './reachability.ts';
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

export interface Ipv6Options {
  /** The gateway to which the agent reports, `mqtts://host:port`. */
  gateway?: string;
}

/** Each target and family takes 15 s at worst, and the two families are measured together. */
const PROBE_TIMEOUT_MS = 120_000;

/** IPv6 of the machine and of each interface: addresses, routers and what they say, name servers, traffic, and how far it all gets. */
export function createIpv6({
  gateway,
}: Ipv6Options = {}): Collector<typeof ipv6ConfigSchema, CollectedMetric[] | PartlyCollected> {
  const ipFacts = createIpFacts();
  const reachable = createReachability();
  const listener = new AdvertisementListener();
  const probes = new Background<CollectedMetric[]>(PROBE_TIMEOUT_MS);
  let before: FamilyOctets | undefined;
  return {
    name: 'ipv6',
    defaultIntervalSeconds: 10,
    configSchema: ipv6ConfigSchema,
    async collect(host, config, signal) {
      const kernelAddresses = (await readParsed(host, '/proc/net/if_inet6', parseIfInet6)) ?? [];
      const routes = (await readParsed(host, '/proc/net/ipv6_route', parseIpv6Route)) ?? [];
      const state = fingerprint(kernelAddresses, routes);
      const facts = await ipFacts(host, state, signal);
      const addresses = listAddresses(kernelAddresses, facts, routes);
      const routers = await listRouters(host, routes, facts);
      const nameServers = await readNameServers(host);
      const routed = routers.length > 0 && addresses.some((address) => isUsable(address) && isRoutable(address));
      const answered = await reachable(host, routed, probeTargets({ config, nameServers, addresses }));
      const octets = await readFamilyOctets(host);
      const interfaces = await readInterfaces(host);
      const { advertisements, failures } = listener.update(
        host,
        config.advertisements ? advertisedOn(interfaces) : [],
        state,
      );
      const probed = probes.update(host, config.probe_seconds * 1000, (probing) =>
        probe(host, { config, gateway, nameServers: nameServers ?? [], signal: probing }),
      );
      const fields: Ipv6Reading = {
        ...summarise({ addresses, hasRouter: routers.length > 0, answered }),
        ...addressReading(addresses),
        ...routerReading(routers),
        ...advertisedReading(advertisements, addresses, host.monotonicMs()),
        ...nameServerReading(nameServers),
        reachable_target: answered,
        forwarding: await readForwarding(host, 'all'),
        ...trafficReading(before, octets),
      };
      before = octets;
      const metrics = [
        { name: ipv6.name, tags: {}, fields },
        ...interfaces.map((one) =>
          interfaceMetric(one, { addresses, routers, advertisements, now: host.monotonicMs() }),
        ),
        ...routerMetrics(routers, advertisements, host.monotonicMs()),
        ...(probed.found ?? []),
      ];
      const failed = [...failures, ...(probed.failure === undefined ? [] : [probed.failure])];
      return failed.length === 0 ? metrics : { metrics, failures: failed };
    },
    close() {
      listener.stop();
      probes.stop();
    },
  };
}

/** What goes over the network, and is waited for by nobody. */
async function probe(
  host: Host,
  facts: { config: Ipv6Config; gateway: string | undefined; nameServers: readonly NameServer[]; signal: AbortSignal },
): Promise<CollectedMetric[]> {
  const { config, gateway, nameServers, signal } = facts;
  const school = config.gateway ? gatewayTarget(gateway) : undefined;
  const configured = config.dual_stack_targets.flatMap((text) => parseDualStackTarget(text) ?? []);
  const targets = [...(school === undefined ? [] : [school]), ...configured];
  const found = await Promise.all([
    measureDualStack(host, targets, { pathMtu: config.path_mtu, signal }),
    config.dns ? checkNameServers(host, nameServers, signal) : [],
  ]);
  return found.flat();
}

/** What must change for `ip` to be asked again; counters of the routing table are left out. */
function fingerprint(addresses: readonly KernelAddress[], routes: readonly KernelRoute[]): string {
  return JSON.stringify([addresses, defaultRoutes(routes)]);
}

/** Targets of the configuration and the name servers that are other machines: nobody else is asked. */
function probeTargets(facts: {
  config: Ipv6Config;
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

/** An interface that has IPv6 enabled. */
interface Ipv6Interface extends InterfaceSettings {
  counters: Ipv6Counters | undefined;
}

async function readInterfaces(host: Host): Promise<Ipv6Interface[]> {
  const settings = (await readInterfaceSettings(host)) ?? [];
  return Promise.all(
    settings.map(async (setting) => {
      const source = `/proc/net/dev_snmp6/${setting.name}`;
      return { ...setting, counters: await readParsed(host, source, (text) => parseSnmp6(text, source)) };
    }),
  );
}

/** Where a router has ever advertised: elsewhere, nobody is listened for. */
function advertisedOn(interfaces: readonly Ipv6Interface[]): string[] {
  return interfaces.filter(({ counters }) => (counters?.raReceived ?? 0) > 0).map(({ name }) => name);
}

function interfaceMetric(
  { name, forwarding, acceptRa, useTempaddr, mtuBytes, counters }: Ipv6Interface,
  all: {
    addresses: readonly ListedAddress[];
    routers: readonly ListedRouter[];
    advertisements: readonly HeardAdvertisement[];
    /** Monotonic milliseconds. */
    now: number;
  },
): CollectedMetric {
  const addresses = all.addresses.filter((address) => address.interface === name);
  const heard = all.advertisements.filter((advertisement) => advertisement.interface === name);
  const fields: Ipv6Reading = {
    ...addressReading(addresses),
    ...routerReading(all.routers.filter((router) => router.interface === name)),
    ...advertisedReading(heard, addresses, all.now),
    forwarding,
    accept_ra: acceptRa,
    use_tempaddr: useTempaddr,
    mtu_bytes: mtuBytes,
    ra_received: counters?.raReceived,
    ipv6_rx_bytes: counters?.rxBytes,
    ipv6_tx_bytes: counters?.txBytes,
  };
  return { name: ipv6.name, tags: { interface: name }, fields };
}
