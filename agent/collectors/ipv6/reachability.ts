import { isIPv6 } from 'node:net';
import type { Host } from '../../host/host.ts';

/** Something that should answer a TCP handshake over IPv6. */
export interface Target {
  address: string;
  port: number;
}

/** Targets asked at a time. */
export const TARGETS_MAX = 8;
const PROBE_EVERY_MS = 60_000;
const PROBE_TIMEOUT_MS = 2000;
/** A target on the campus answers within this; a slower answer counts from the next sample on. */
const WAIT_MS = 300;

/**
 * Parses a target, `[address]:port`:
 *
 *     [2001:db8::53]:53
 *
 * @returns undefined when it is none
 */
export function parseTarget(text: string): Target | undefined {
  const match = /^\[([^\]]+)\]:(\d{1,5})$/.exec(text);
  const [, address, digits] = match ?? [];
  const port = Number(digits);
  if (address === undefined || !isIPv6(address) || port < 1 || port > 65535) return undefined;
  return { address, port };
}

/** The text of a target, as `parseTarget` takes it. */
export function encodeTarget({ address, port }: Target): string {
  return `[${address}]:${port}`;
}

/**
 * Finds out whether IPv6 leads anywhere: by a TCP handshake with the targets, all at once, when there is a route for the first
 * time and then once a minute. An answer counts until the next probe or until the route is gone.
 * @returns a function that gives the target that answered last, undefined when none did
 */
export function createReachability(): (
  host: Host,
  routed: boolean,
  targets: readonly Target[],
) => Promise<string | undefined> {
  let answered: string | undefined;
  let probedAt: number | undefined;
  let running: Promise<void> | undefined;
  return async (host, routed, targets) => {
    if (!routed) {
      answered = undefined;
      probedAt = undefined;
      return undefined;
    }
    const now = host.monotonicMs();
    if (running === undefined && (probedAt === undefined || now - probedAt >= PROBE_EVERY_MS)) {
      probedAt = now;
      running = firstAnswer(host, targets.slice(0, TARGETS_MAX)).then((target) => {
        answered = target;
        running = undefined;
      });
    }
    if (running !== undefined) await Promise.race([running, soon()]);
    return answered;
  };
}

/** An answer is an answer, be it a refusal: either way packets went and came back. */
async function firstAnswer(host: Host, targets: readonly Target[]): Promise<string | undefined> {
  const attempts = targets.map(async (target) => {
    const outcome = await host.connect({ ...target, timeoutMs: PROBE_TIMEOUT_MS });
    return outcome === 'failed' ? Promise.reject(outcome) : encodeTarget(target);
  });
  return Promise.any(attempts).catch(() => undefined);
}

function soon(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, WAIT_MS).unref();
  });
}
