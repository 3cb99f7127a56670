import { Type } from '#typebox';
import { Compile } from '#typebox/compile';
import type { ThroughputDirection, ThroughputLeg } from '../../contract/throughput.ts';
import { parseFailure } from '../parse-failure.ts';

/** How iperf3 says that it was told to end: its figures up to then count. */
const INTERRUPTED = 'interrupt - the client has terminated';
const ERROR_MAX_CHARS = 300;

const Sum = Type.Object({
  seconds: Type.Number({ minimum: 0 }),
  bytes: Type.Number({ minimum: 0 }),
  bits_per_second: Type.Number({ minimum: 0 }),
  retransmits: Type.Optional(Type.Number({ minimum: 0 })),
});
const report = Compile(
  Type.Object({
    end: Type.Object({ sum_sent: Type.Optional(Sum), sum_received: Type.Optional(Sum) }),
    error: Type.Optional(Type.String()),
  }),
);

/** The figures of a leg, or why there are none. */
export type LegFigures = Omit<ThroughputLeg, 'family' | 'direction'>;

/**
 * Parses what `iperf3 --json` prints as a client of TCP (iperf 3.1 and later, `src/iperf_api.c`, `src/iperf_client_api.c`), in short:
 *
 *     {"start": {…}, "intervals": […],
 *      "end": {"sum_sent": {"seconds": 1.2, "bytes": 125829120, "bits_per_second": 838860800, "retransmits": 3},
 *              "sum_received": {"seconds": 1.21, "bytes": 125304832, "bits_per_second": 828461104}}}
 *     {"start": {…}, "intervals": [], "end": {}, "error": "unable to connect to server: Connection refused"}
 *
 * What has arrived counts. A client that was told to end knows its own side alone: upwards it has no figures then, for of what it has sent
 * the kernel may have held any part.
 * @throws CampusError `parse_failed`
 */
export function parseIperf3(text: string, direction: ThroughputDirection): LegFigures | 'interrupted' {
  const json = parseJson(text);
  if (!report.Check(json)) {
    throw parseFailure({ source: 'iperf3 --json', line: 1 }, 'a report with sums at its end, or an error', text);
  }
  const { end, error } = json;
  const interrupted = error === INTERRUPTED;
  if (error !== undefined && !interrupted) return { error: error.slice(0, ERROR_MAX_CHARS) };
  if (interrupted && direction === 'up') return 'interrupted';
  const sum = end.sum_received;
  if (sum === undefined || sum.seconds === 0) return { error: 'nothing was carried in the time that was allowed' };
  // Downwards the other side counts them, and tells at the end.
  const retransmits = interrupted ? undefined : end.sum_sent?.retransmits;
  return {
    bits_per_second: sum.bits_per_second,
    bytes: Math.round(sum.bytes),
    seconds: sum.seconds,
    ...(retransmits === undefined ? {} : { retransmits: Math.round(retransmits) }),
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // What is no JSON fits no schema, which tells what came.
    return undefined;
  }
}
