import { Type } from '#typebox';
import { network } from '../../../contract/measurements/network.ts';
import type { CollectedMetric, Collector, Reading } from '../../collector.ts';
import { type Host, readParsed } from '../../host/host.ts';
import { type InterfaceKind, interfaceKind, isVirtual, readNature } from './identity.ts';
import { type Link, readLink } from './link.ts';
import { type InterfaceCounters, parseNetDev } from './net-dev.ts';
import { type Rates, ratesBetween, type Sample, utilisationPercent } from './rates.ts';

interface Identity {
  ifindex: number | undefined;
  kind: InterfaceKind | undefined;
  virtual: boolean | undefined;
}

/** Traffic, errors and link of every interface. Rates are over the time since the last sample. */
export function createNetwork(): Collector {
  let samples = new Map<string, Sample>();
  let identities = new Map<string, Identity>();
  return {
    name: 'network',
    defaultIntervalSeconds: 10,
    configSchema: Type.Object({}),
    async collect(host) {
      const interfaces = await readParsed(host, '/proc/net/dev', parseNetDev);
      if (interfaces === undefined) return { notPresent: '/proc/net/dev is missing: the kernel has no network' };
      const at = host.monotonicMs();
      const before = { samples, identities };
      samples = new Map();
      identities = new Map();
      const metrics: CollectedMetric[] = [];
      for (const counters of interfaces) {
        const link = await readLink(host, counters.name);
        const identity = await identify(host, counters.name, { link, known: before.identities.get(counters.name) });
        const sample: Sample = { counters, ifindex: link.ifindex, at };
        const rates = ratesBetween(before.samples.get(counters.name), sample);
        samples.set(counters.name, sample);
        identities.set(counters.name, identity);
        metrics.push(toMetric({ counters, link, identity, rates }));
      }
      return metrics;
    },
  };
}

/** What an interface is does not change during its life: it is read once for each index. */
async function identify(
  host: Host,
  name: string,
  { link, known }: { link: Link; known: Identity | undefined },
): Promise<Identity> {
  if (known !== undefined && known.ifindex === link.ifindex) return known;
  const nature = await readNature(host, name);
  return { ifindex: link.ifindex, kind: interfaceKind(nature), virtual: isVirtual(nature) };
}

interface InterfaceFacts {
  counters: InterfaceCounters;
  link: Link;
  identity: Identity;
  rates: Partial<Rates>;
}

function toMetric({ counters, link, identity, rates }: InterfaceFacts): CollectedMetric {
  // The speed of a tunnel is a constant of its driver (10 Mbit/s for tun), and no limit of anything.
  const speed = identity.kind === 'tunnel' ? undefined : link.speed;
  const fields: Reading<typeof network> = {
    rx_bytes: counters.rxBytes,
    tx_bytes: counters.txBytes,
    rx_packets: counters.rxPackets,
    tx_packets: counters.txPackets,
    rx_errors: counters.rxErrors,
    tx_errors: counters.txErrors,
    rx_dropped: counters.rxDropped,
    tx_dropped: counters.txDropped,
    multicast: counters.multicast,
    collisions: counters.collisions,
    rx_bits_per_second: rates.rxBitsPerSecond,
    tx_bits_per_second: rates.txBitsPerSecond,
    rx_packets_per_second: rates.rxPacketsPerSecond,
    tx_packets_per_second: rates.txPacketsPerSecond,
    errors_per_second: rates.errorsPerSecond,
    dropped_per_second: rates.droppedPerSecond,
    speed_mbit_per_second: speed,
    utilisation_percent: utilisationPercent(rates, speed, link.duplex),
    duplex: link.duplex,
    carrier: link.carrier,
    oper_state: link.operState,
    mtu_bytes: link.mtuBytes,
    virtual: identity.virtual,
  };
  return {
    name: network.name,
    tags: { interface: counters.name, ...(identity.kind === undefined ? {} : { kind: identity.kind }) },
    fields,
  };
}
