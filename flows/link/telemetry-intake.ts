import { type Static, Type } from '#typebox';
import { Compile } from '#typebox/compile';
import { limits } from '../../contract/limits.ts';
import { isRejection, type Rejection } from '../../contract/payload.ts';
import { checkTelemetry, decodeTelemetry, Telemetry, timeBounds } from '../../contract/telemetry.ts';

/** Telemetry as flows take it: the points that some node listens for, which may be none. */
export type HeardTelemetry = Telemetry;

const Envelope = Type.Object(
  {
    ...Telemetry.properties,
    metrics: Type.Array(Type.Unknown(), { minItems: 1, maxItems: limits.metricsPerMessage }),
  },
  { additionalProperties: false },
);
const envelope = Compile(Envelope);

/**
 * Checks telemetry against the contract as far as somebody listens: of a classroom box's dozens of points the rules look at a few, and
 * the gateway has checked them all. What nobody listens for is left out.
 * @param wants whether some node listens for a measurement
 * @param now wall clock, ms
 */
export function takeTelemetry(
  payload: Uint8Array,
  wants: (measurement: string) => boolean,
  now: number,
): HeardTelemetry | Rejection {
  const decoded = decodeTelemetry(payload);
  if (isRejection(decoded)) return decoded;
  const json = decoded.value;
  // The complete check says what is wrong with an envelope that is none.
  if (!envelope.Check(json)) return checkTelemetry(json, timeBounds(now));
  const wanted = json.metrics.filter((metric) => wants(nameOf(metric)));
  if (wanted.length === 0) return { ...withoutMetrics(json), metrics: [] };
  return checkTelemetry({ ...json, metrics: wanted }, timeBounds(now));
}

function withoutMetrics({ metrics: _, ...rest }: Static<typeof Envelope>): Omit<Telemetry, 'metrics'> {
  return rest;
}

function nameOf(metric: unknown): string {
  return typeof metric === 'object' && metric !== null && 'name' in metric ? String(metric.name) : '';
}
