import { isIP } from 'node:net';
import { ipv6Target } from '../../../contract/measurements/ipv6-target.ts';
import type { CollectedMetric, Reading } from '../../collector.ts';
import type { Host } from '../../host/host.ts';
import { addressesOf } from './addresses-of.ts';
import { type Attempt, raceFamilies } from './happy-eyeballs.ts';
import { measurePathMtu, type PathMtu } from './path-mtu.ts';
import { isLoopback } from './resolv-conf.ts';

/** A host that may have both address families. */
export interface DualStackTarget {
  /** The tag `target`. */
  target: string;
  /** A name, or an address without brackets. */
  host: string;
  port: number;
}

/** Targets of the configuration. Each costs some 10 processes in each round, for both families. */
export const DUAL_STACK_TARGETS_MAX = 4;

/**
 * Parses a target:
 *
 *     www.example.edu.cn:443
 *     [2001:db8::7]:443
 *
 * @returns undefined when it is none
 */
export function parseDualStackTarget(text: string): DualStackTarget | undefined {
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([a-zA-Z0-9._-]{1,253})):(\d{1,5})$/.exec(text);
  const [, bracketed, plain, digits] = match ?? [];
  const host = bracketed ?? plain;
  const port = Number(digits);
  if (host === undefined || port < 1 || port > 65_535) return undefined;
  if (bracketed !== undefined && isIP(bracketed) !== 6) return undefined;
  return { target: text, host, port };
}

/** The gateway to which the agent reports: one of the school's that every box has. */
export function gatewayTarget(url: string | undefined): DualStackTarget | undefined {
  const parsed = url === undefined ? null : URL.parse(url);
  if (parsed === null) return undefined;
  const port = Number(parsed.port || (parsed.protocol === 'mqtts:' ? 8883 : 1883));
  return { target: 'gateway', host: parsed.hostname.replace(/^\[|\]$/g, ''), port };
}

/** Measures targets one after the other; one that is this machine itself is left out. */
export async function measureDualStack(
  host: Host,
  targets: readonly DualStackTarget[],
  { pathMtu, signal }: { pathMtu: boolean; signal: AbortSignal },
): Promise<CollectedMetric[]> {
  const metrics: CollectedMetric[] = [];
  for (const target of targets) {
    const addresses = await addressesOf(host, target.host);
    if (addresses.some((address) => isLoopback({ address, family: 4 }))) continue;
    const ipv4 = addresses.find((address) => isIP(address) === 4);
    const ipv6 = addresses.find((address) => isIP(address) === 6);
    const race = await raceFamilies(host, { ipv4, ipv6, port: target.port });
    const mtuOf = (address: string | undefined, family: 'ipv4' | 'ipv6'): Promise<PathMtu | undefined> | undefined =>
      address === undefined || !pathMtu ? undefined : measurePathMtu(host, { address, family, signal });
    const [ipv6Mtu, ipv4Mtu] = await Promise.all([mtuOf(ipv6, 'ipv6'), mtuOf(ipv4, 'ipv4')]);
    const fields: Reading<typeof ipv6Target> = {
      winner: race.winner,
      fallback: ipv6 === undefined ? undefined : race.winner === 'ipv4',
      connect_ms: toTenths(race.connectMs),
      ipv6_address: ipv6,
      ipv6_outcome: race.ipv6?.outcome ?? 'no-address',
      ipv6_connect_ms: answeredMs(race.ipv6),
      ipv6_path_mtu_bytes: ipv6Mtu?.mtuBytes,
      ipv6_mtu_black_hole: ipv6Mtu?.isBlackHole,
      ipv4_address: ipv4,
      ipv4_outcome: race.ipv4?.outcome ?? 'no-address',
      ipv4_connect_ms: answeredMs(race.ipv4),
      ipv4_path_mtu_bytes: ipv4Mtu?.mtuBytes,
      ipv4_mtu_black_hole: ipv4Mtu?.isBlackHole,
    };
    metrics.push({ name: ipv6Target.name, tags: { target: target.target }, fields });
  }
  return metrics;
}

/** A time-out is no time. */
function answeredMs(attempt: Attempt | undefined): number | undefined {
  return attempt === undefined || attempt.outcome === 'failed' ? undefined : toTenths(attempt.ms);
}

function toTenths(ms: number | undefined): number | undefined {
  return ms === undefined ? undefined : Math.round(ms * 10) / 10;
}
