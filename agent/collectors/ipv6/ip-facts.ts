import type { Host } from '../../host/host.ts';
import { type IpAddress, type IpRoute, parseIpAddresses, parseIpRoutes } from './ip-json.ts';

/** What `ip` adds to /proc, at the time it was asked. */
export interface IpFacts {
  /** By interface and address, joined by a space. */
  addresses: ReadonlyMap<string, IpAddress>;
  routes: readonly IpRoute[];
  /** Monotonic milliseconds. */
  at: number;
}

/** Renewed lifetimes leave no trace in /proc: after this time they are asked for again. */
const REFRESH_MS = 300_000;
const RUN_TIMEOUT_MS = 3000;
const OUTPUT_MAX_BYTES = 1024 * 1024;

/**
 * Asks `ip` for what the kernel has no file for: the origin of addresses and the lifetime of routers. It runs only when /proc
 * shows a change, a lifetime has run out or every 5 minutes, never in each cycle.
 * @returns a function that gives the facts for a state of /proc (`fingerprint`), undefined where `ip` cannot tell them
 */
export function createIpFacts(): (
  host: Host,
  fingerprint: string,
  signal: AbortSignal,
) => Promise<IpFacts | undefined> {
  let last: { fingerprint: string; at: number; facts: IpFacts | undefined } | undefined;
  return async (host, fingerprint, signal) => {
    const now = host.monotonicMs();
    const fresh = last !== undefined && last.fingerprint === fingerprint && now - last.at < REFRESH_MS;
    if (last === undefined || !fresh || hasRunOut(last.facts, now)) {
      last = { fingerprint, at: now, facts: await askIp(host, signal) };
    }
    return last.facts;
  };
}

/** The key of an address in `IpFacts`. */
export function addressKey(name: string, address: string): string {
  return `${name} ${address}`;
}

/** Seconds that a route lives on; undefined for one without an end. */
export function lifetimeLeftSeconds(route: IpRoute, facts: IpFacts, now: number): number | undefined {
  if (route.expiresSeconds === undefined) return undefined;
  return Math.max(0, Math.round(route.expiresSeconds - (now - facts.at) / 1000));
}

function hasRunOut(facts: IpFacts | undefined, now: number): boolean {
  return facts?.routes.some((route) => lifetimeLeftSeconds(route, facts, now) === 0) ?? false;
}

async function askIp(host: Host, signal: AbortSignal): Promise<IpFacts | undefined> {
  const addresses = await runIp(host, ['-j', '-d', '-6', 'addr'], signal);
  const routes = await runIp(host, ['-j', '-6', 'route', 'show', 'default'], signal);
  if (addresses === undefined || routes === undefined) return undefined;
  const entries = parseIpAddresses(addresses).map(
    (entry) => [addressKey(entry.interface, entry.address), entry] as const,
  );
  return { addresses: new Map(entries), routes: parseIpRoutes(routes), at: host.monotonicMs() };
}

/** A failure means an `ip` that knows no JSON, such as BusyBox's: what /proc says must do. */
async function runIp(host: Host, args: readonly string[], signal: AbortSignal): Promise<string | undefined> {
  try {
    return await host.run('ip', args, { signal, timeoutMs: RUN_TIMEOUT_MS, maxBytes: OUTPUT_MAX_BYTES });
  } catch (error) {
    if (signal.aborted) throw error;
    return undefined;
  }
}
