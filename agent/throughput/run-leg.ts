import { setTimeout as delay } from 'node:timers/promises';
import { CampusError } from '../../contract/errors.ts';
import type { ThroughputDirection, ThroughputFamily } from '../../contract/throughput.ts';
import type { Host } from '../host/host.ts';
import { type LegFigures, parseIperf3 } from './iperf3-json.ts';

/** A server that is there answers within this time. */
const CONNECT_MS = 3000;
/** Beyond its time, a leg may take this long: to connect, to tell the results, and where the link is gone. */
const BEYOND_MS = 8000;
/** A server that serves one leg and ends is back within this time, even where a slow link brings it the end of the leg late. */
const SERVER_BACK_MS = 8000;
const RETRY_EVERY_MS = 250;
/** A leg upwards that is measured anew by its time takes this long at most, s: it is known by then that the link is slow. */
const AGAIN_SECONDS_MAX = 5;
/** One line a second for 30 s takes some 20 kB. */
const OUTPUT_MAX_BYTES = 256 * 1024;
/** iperf3 ends so when it was told to end, or failed: its report says which. */
const ENDED = 1;
/** What iperf3 says of a server that is between two legs: it is not there yet, serves the one before, or ends with that in the midst of a greeting. */
const NOT_YET = /Connection refused|Connection reset by peer|the server is busy/;

export interface Leg {
  address: string;
  port: number;
  family: ThroughputFamily;
  direction: ThroughputDirection;
  /** Bounds: it ends at the first that is reached. */
  bytes: number;
  seconds: number;
}

/**
 * Measures one direction in one family by the system's `iperf3`: one TCP connection, until the bytes are carried or the time is over. What
 * has arrived upwards is known to the other side alone, and told by it only at an end in its order: a leg whose time is over before its
 * bytes are carried is run once more, by a time.
 * @throws CampusError `program_missing`; `parse_failed`; AbortError when the signal is given
 */
export async function runLeg(host: Host, leg: Leg, signal: AbortSignal): Promise<LegFigures> {
  const figures = await run(host, leg, {
    bound: ['--bytes', `${leg.bytes}`],
    interruptAfterMs: leg.seconds * 1000,
    signal,
  });
  if (figures !== 'interrupted') return figures;
  const seconds = Math.min(leg.seconds, AGAIN_SECONDS_MAX);
  const again = await run(host, leg, { bound: ['--time', `${seconds}`], signal });
  return again === 'interrupted' ? { error: 'it was interrupted' } : again;
}

interface Bound {
  /** iperf3 takes one bound alone: of bytes or of time. */
  bound: readonly [string, string];
  /** The other bound is set from here. */
  interruptAfterMs?: number;
  signal: AbortSignal;
}

async function run(host: Host, leg: Leg, { bound, signal, ...interrupt }: Bound): Promise<LegFigures | 'interrupted'> {
  const deadline = host.monotonicMs() + SERVER_BACK_MS;
  for (;;) {
    const output = await host.run('iperf3', argumentsOf(leg, bound), {
      signal,
      ...interrupt,
      timeoutMs: leg.seconds * 1000 + BEYOND_MS,
      maxBytes: OUTPUT_MAX_BYTES,
      exitCodes: [ENDED],
    });
    if (output === undefined) throw new CampusError('program_missing', 'iperf3 is not installed: apt install iperf3');
    const figures = parseIperf3(output, leg.direction);
    const notYet = figures !== 'interrupted' && figures.error !== undefined && NOT_YET.test(figures.error);
    if (!notYet || host.monotonicMs() > deadline) return figures;
    await delay(RETRY_EVERY_MS, undefined, { signal });
  }
}

/** The longest that a leg takes, ms. */
export function legMaxMs({ seconds, direction }: Pick<Leg, 'seconds' | 'direction'>): number {
  const one = seconds * 1000 + BEYOND_MS + SERVER_BACK_MS;
  return direction === 'up' ? 2 * one : one;
}

function argumentsOf({ address, port, family, direction }: Leg, bound: readonly [string, string]): string[] {
  return [
    ...['--client', address, family === 'ipv4' ? '--version4' : '--version6', '--port', `${port}`],
    ...[...bound, '--connect-timeout', `${CONNECT_MS}`, '--json'],
    ...(direction === 'down' ? ['--reverse'] : []),
  ];
}
