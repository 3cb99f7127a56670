import { type Static, Type } from '#typebox';
import type { RetentionClass } from '../../contract/measurement.ts';
import { measurements } from '../../contract/measurements/index.ts';

const DAY_MS = 24 * 3600 * 1000;

const days = (defaultDays: number, minimum: number, what: string) =>
  Type.Integer({
    minimum,
    maximum: 36_500,
    default: defaultDays,
    description: `days that ${what} are kept, ${minimum} to 36500`,
  });

/**
 * How long what is measured is kept. No standard prescribes these numbers but one: security logs are kept for at least six months
 * (网络安全法 art. 21), that is 185 days.
 */
export const retentionConfig = Type.Object(
  {
    metrics_days: days(90, 1, 'measurements of devices'),
    client_days: days(14, 1, 'fine-grained measurements of people’s own devices'),
    security_days: days(400, 185, 'measurements for the security log'),
    minutes_days: days(400, 1, 'averages of one minute'),
    hours_days: days(3650, 1, 'averages of one hour'),
  },
  { additionalProperties: false, default: {} },
);
export type Retention = Static<typeof retentionConfig>;

/** Moments, ms: what is older may go. */
export interface Horizon {
  points: number;
  rollups: { minute: number; hour: number };
}

/** How long points are kept at least, whatever their class: for a server whose retention is one for all. */
export function longestDays({ metrics_days, client_days, security_days }: Retention): number {
  const present = new Set(Object.values(measurements).map(({ retention }) => retention));
  const byClass = { metrics: metrics_days, client: client_days, security: security_days };
  return Math.max(metrics_days, ...[...present].map((kind) => byClass[kind]));
}

const classes = new Map<string, RetentionClass>(
  Object.values(measurements).map(({ name, retention }) => [name, retention]),
);

/**
 * How far back a measurement is kept, by its class; one that the contract does not know is a device's. Averages of people's own devices
 * are still about those people, so they go when the points do.
 * @param now wall clock, ms
 */
export function horizonOf(measurement: string, retention: Retention, now: number): Horizon {
  const before = (count: number): number => now - count * DAY_MS;
  const kind = classes.get(measurement) ?? 'metrics';
  if (kind === 'client') {
    const points = before(retention.client_days);
    return { points, rollups: { minute: points, hour: points } };
  }
  const points = before(kind === 'security' ? retention.security_days : retention.metrics_days);
  const rollups = { minute: before(retention.minutes_days), hour: before(retention.hours_days) };
  return { points, rollups: { minute: Math.min(points, rollups.minute), hour: Math.min(points, rollups.hour) } };
}
