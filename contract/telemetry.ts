import { type Static, Type } from '#typebox';
import { Compile } from '#typebox/compile';
import { limits } from './limits.ts';
import { checkShape, decodeJson, isRejection, type Rejection } from './payload.ts';

/**
 * The telemetry payload is Telegraf's JSON batch layout (`outputs.mqtt`, `layout = "batch"`, `data_format = "json"`,
 * `json_timestamp_units = "1ms"`), so that a Telegraf reports unchanged. `boot` and `seq` let the gateway drop duplicates.
 *
 *   {"metrics":[{"name":"system","tags":{"host":"room-101"},"fields":{"load1":0.2},"timestamp":1764000000000}],"boot":"9f0c…","seq":7}
 */

/** No control characters, no quotes, nothing that a store would have to escape in a name. */
const NAME_PATTERN = `^[^\\u0000-\\u001f"'\`\\\\]{1,${limits.nameChars}}$`;
/** A measurement is a table or a series name in the store: letters, digits and `_ . : -`, starting with a letter. */
const MEASUREMENT_PATTERN = `^[A-Za-z][A-Za-z0-9_.:-]{0,${limits.nameChars - 1}}$`;

export const FieldValue = Type.Union([
  Type.Number(),
  Type.String({ maxLength: limits.stringFieldChars }),
  Type.Boolean(),
]);

/** Printable text: control characters separate the tags of a series where series are told apart. */
export const TagValue = Type.String({ pattern: `^[^\\u0000-\\u001f\\u007f]{0,${limits.tagValueChars}}$` });

export const Metric = Type.Object({
  name: Type.String({ pattern: MEASUREMENT_PATTERN }),
  tags: Type.Record(Type.String({ pattern: NAME_PATTERN }), TagValue, {
    maxProperties: limits.tagsPerMetric + 2,
    additionalProperties: false,
  }),
  fields: Type.Record(Type.String({ pattern: NAME_PATTERN }), FieldValue, {
    minProperties: 1,
    maxProperties: limits.fieldsPerMetric,
    additionalProperties: false,
  }),
  /** Milliseconds since 1970-01-01 UTC. */
  timestamp: Type.Integer(),
});

export const Telemetry = Type.Object(
  {
    metrics: Type.Array(Metric, { minItems: 1, maxItems: limits.metricsPerMessage }),
    /** Names one run of the sender: 8 to 64 characters, new at each start. */
    boot: Type.Optional(Type.String({ pattern: '^[A-Za-z0-9_-]{8,64}$' })),
    /** Counts the sender's messages within one `boot`, from 1. */
    seq: Type.Optional(Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER })),
    /** True when the message was kept through an outage and comes after fresher ones. */
    replayed: Type.Optional(Type.Boolean()),
    /**
     * Says that the sender follows the gateway's time (`command.ts`): `synced` when its timestamps are right within 2 s, `unsynced` when they
     * may be off by more. A timestamp that is refused is then no fault of the message: it is left unacknowledged, and comes again mended.
     */
    clock: Type.Optional(Type.Union([Type.Literal('synced'), Type.Literal('unsynced')])),
  },
  { additionalProperties: false },
);

export type FieldValue = Static<typeof FieldValue>;
export type Metric = Static<typeof Metric>;
export type Telemetry = Static<typeof Telemetry>;

const validator = Compile(Telemetry);

/** Times that samples may have, ms, both included. */
export interface TimeBounds {
  earliest: number;
  latest: number;
}

/** The times that samples may have by a wall clock that is right, ms. */
export function timeBounds(now: number): TimeBounds {
  return { earliest: now - limits.pastMs, latest: now + limits.futureMs };
}

/**
 * Decodes and checks one telemetry payload against the wire's schema and bounds.
 * @param payload bytes as received
 * @param now wall clock, ms; timestamps are checked against it
 * @returns the telemetry, or the reason to refuse it; never throws
 */
export function parseTelemetry(payload: Uint8Array, now: number): Telemetry | Rejection {
  const decoded = decodeTelemetry(payload);
  return isRejection(decoded) ? decoded : checkTelemetry(decoded.value, timeBounds(now));
}

/** The first half of `parseTelemetry`: the payload as JSON, not yet checked against the schema. */
export function decodeTelemetry(payload: Uint8Array): { value: unknown } | Rejection {
  return decodeJson(payload, tooManyMetrics);
}

/** The second half of `parseTelemetry`: checks what `decodeTelemetry` gave. */
export function checkTelemetry(json: unknown, times: TimeBounds): Telemetry | Rejection {
  const checked = checkShape(json, validator);
  if (isRejection(checked)) return checked;
  return timestampRejection(checked.value, times) ?? checked.value;
}

/** A schema's errors are found one by one; for 100,000 empty metrics that takes longer than such a message deserves. */
function tooManyMetrics(json: unknown): string | undefined {
  const metrics = typeof json === 'object' && json !== null && 'metrics' in json ? json.metrics : undefined;
  if (!Array.isArray(metrics) || metrics.length <= limits.metricsPerMessage) return undefined;
  return `/metrics: expected at most ${limits.metricsPerMessage} items, got ${metrics.length}`;
}

function timestampRejection(telemetry: Telemetry, { earliest, latest }: TimeBounds): Rejection | undefined {
  const mendable = telemetry.clock === undefined ? {} : ({ mendable: true } as const);
  for (const [index, { timestamp }] of telemetry.metrics.entries()) {
    if (timestamp > latest) {
      return {
        ...mendable,
        code: 'timestamp_in_future',
        detail: `/metrics/${index}/timestamp: expected ms no later than ${latest}, got ${timestamp}`,
      };
    }
    if (timestamp < earliest) {
      return {
        ...mendable,
        code: 'timestamp_too_old',
        detail: `/metrics/${index}/timestamp: expected ms no earlier than ${earliest}, got ${timestamp}`,
      };
    }
  }
  return undefined;
}
