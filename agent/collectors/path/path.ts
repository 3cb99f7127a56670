import { path } from '../../../contract/measurements/path.ts';
import type { CollectedMetric, Collector } from '../../collector.ts';
import type { Host } from '../../host/host.ts';
import { type Measured, TargetMeter } from './measure.ts';
import { type PathConfig, pathConfigSchema } from './path-config.ts';
import { differenceReading } from './reading.ts';
import { parsePathServer } from './server.ts';
import { firstHops, gateways, lessonServers, nameServers, type PathTarget } from './targets.ts';

export interface PathOptions {
  /** The gateway to which the agent reports, `mqtts://host:port`. */
  gateway?: string;
}

/** Delay, jitter, loss and reordering on the way to the first hop, the name servers, the gateway and the servers of lessons, by family. */
export function createPath({ gateway }: PathOptions = {}): Collector<typeof pathConfigSchema> {
  let meters = new Map<string, TargetMeter>();
  return {
    name: 'path',
    defaultIntervalSeconds: 60,
    configSchema: pathConfigSchema,
    async collect(host, config, signal) {
      const targets = await findTargets(host, config, gateway);
      if (targets.length === 0) return { notPresent: 'there is no default route, name server or gateway to measure' };
      const metered = targets.map((target) => ({ target, meter: meters.get(keyOf(target)) ?? new TargetMeter() }));
      meters = new Map(metered.map(({ target, meter }) => [keyOf(target), meter]));
      const measured = await Promise.all(
        metered.map(({ target, meter }) => meter.measure(host, target, { config, signal })),
      );
      return [...measured.map(toMetric), ...differences(measured)];
    },
  };
}

/** One server may be measured in several ways, each for itself. */
function keyOf({ target, role, family, means }: PathTarget): string {
  return [target, role, family, means[0].method].join(' ');
}

async function findTargets(host: Host, config: PathConfig, gateway: string | undefined): Promise<PathTarget[]> {
  const gatewayUrl = gateway === undefined ? null : URL.parse(gateway);
  const servers = config.servers.flatMap((text) => parsePathServer(text) ?? []);
  const found = await Promise.all([
    config.first_hop ? firstHops(host) : [],
    config.dns ? nameServers(host) : [],
    config.gateway && gatewayUrl !== null ? gateways(host, gatewayUrl, config.stamp_port) : [],
    ...servers.map((server) => lessonServers(host, server)),
  ]);
  return found.flat();
}

function toMetric({ target: { target, role, family }, means: { method }, fields }: Measured): CollectedMetric {
  return { name: path.name, tags: { target, role, method, family }, fields };
}

/** One point for each target that was measured in both families by the same method. */
function differences(measured: readonly Measured[]): CollectedMetric[] {
  return measured.flatMap((ipv6): CollectedMetric[] => {
    if (ipv6.target.family !== 'ipv6') return [];
    const { target, role } = ipv6.target;
    const { method } = ipv6.means;
    const ipv4 = measured.find(
      (other) => other.target.target === target && other.target.family === 'ipv4' && other.means.method === method,
    );
    if (ipv4 === undefined) return [];
    return [{ name: path.name, tags: { target, role, method }, fields: differenceReading(ipv4.fields, ipv6.fields) }];
  });
}
