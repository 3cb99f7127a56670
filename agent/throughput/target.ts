import { isIP } from 'node:net';
import { CampusError } from '../../contract/errors.ts';
import type { ThroughputArguments, ThroughputFamily } from '../../contract/throughput.ts';
import { addressesOf } from '../collectors/ipv6/addresses-of.ts';
import { isLoopback } from '../collectors/ipv6/resolv-conf.ts';
import type { Host } from '../host/host.ts';

/** The gateway answers at an address of it within this time. */
const CONNECT_MS = 2000;
/** Addresses of the gateway that are tried for a family. */
const TRIED_MAX = 4;

/** Whom a measurement is to. */
export interface Target {
  /** The tag `target`. */
  target: string;
  addresses: Partial<Record<ThroughputFamily, string>>;
}

/**
 * Finds the server in each family: the one that was configured, or the gateway. A gateway that the device knows by an address of one
 * family is looked for at the other addresses that it has told.
 * @param gateway the URL to which the agent reports
 * @throws CampusError `same_machine` when the gateway is this machine
 */
export async function findTarget(
  host: Host,
  gateway: string,
  { host: server, addresses: told = [], families }: ThroughputArguments,
): Promise<Target> {
  if (server !== undefined) return { target: server, addresses: byFamily(await addressesOf(host, server)) };
  const url = new URL(gateway);
  const known = await addressesOf(host, url.hostname.replace(/^\[|\]$/g, ''));
  if (known.some((address) => isLoopback({ address, family: 4 }))) {
    throw new CampusError('same_machine', `expected a gateway on another machine, got ${url.hostname}`);
  }
  const found = byFamily(known);
  const port = Number(url.port || (url.protocol === 'mqtts:' ? 8883 : 1883));
  for (const family of families) {
    if (found[family] !== undefined) continue;
    const others = told.filter((address) => familyOf(address) === family).slice(0, TRIED_MAX);
    const answering = await firstThatAnswers(host, others, port);
    if (answering !== undefined) found[family] = answering;
  }
  return { target: 'gateway', addresses: found };
}

async function firstThatAnswers(host: Host, addresses: readonly string[], port: number): Promise<string | undefined> {
  for (const address of addresses) {
    if ((await host.connect({ address, port, timeoutMs: CONNECT_MS })) === 'open') return address;
  }
  return undefined;
}

function byFamily(addresses: readonly string[]): Target['addresses'] {
  const found: Target['addresses'] = {};
  for (const address of addresses) found[familyOf(address)] ??= address;
  return found;
}

function familyOf(address: string): ThroughputFamily {
  return isIP(address) === 4 ? 'ipv4' : 'ipv6';
}
