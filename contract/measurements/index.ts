import type { MeasurementSpec } from '../measurement.ts';
import { agent } from './agent.ts';
import { cellular, cellularCarrier } from './cellular.ts';
import { disk } from './disk.ts';
import { ipv6 } from './ipv6.ts';
import { ipv6Dns } from './ipv6-dns.ts';
import { ipv6Router } from './ipv6-router.ts';
import { ipv6Target } from './ipv6-target.ts';
import { lease } from './lease.ts';
import { network } from './network.ts';
import { path } from './path.ts';
import { resolver } from './resolver.ts';
import { system } from './system.ts';
import { throughput } from './throughput.ts';
import { wifi, wifiClient } from './wifi.ts';

/** Every measurement that the product itself sends. Others, such as a Telegraf's, are taken as they come. */
export const measurements = {
  ...{ system, disk, network, ipv6, path, resolver, lease, throughput, agent },
  ...{ ipv6_router: ipv6Router, ipv6_target: ipv6Target, ipv6_dns: ipv6Dns },
  ...{ wifi, wifi_client: wifiClient, cellular, cellular_carrier: cellularCarrier },
} as const satisfies Record<string, MeasurementSpec>;

/** The description of a measurement by its name on the wire, where the product has one. */
export function measurementSpec(name: string): MeasurementSpec | undefined {
  return Object.hasOwn(measurements, name) ? measurements[name as keyof typeof measurements] : undefined;
}
