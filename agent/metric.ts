import { limits } from '../contract/limits.ts';
import type { FieldValue, Metric } from '../contract/telemetry.ts';
import type { CollectedMetric } from './collector.ts';

/** A metric that is not dated yet. */
export interface Sample extends Omit<Metric, 'timestamp'> {
  /** When it was measured, monotonic ms: what the wall clock showed is worth nothing before it is known to be set. */
  at: number;
}

/**
 * Turns what a collector returned into a sample: what is unknown (undefined, NaN) is left out, long texts are cut.
 * @param at monotonic ms
 * @returns undefined when nothing is known
 */
export function toSample({ name, tags, fields }: CollectedMetric, at: number): Sample | undefined {
  const known: Record<string, FieldValue> = {};
  for (const [field, value] of Object.entries(fields)) {
    if (value === undefined || (typeof value === 'number' && !Number.isFinite(value))) continue;
    known[field] = typeof value === 'string' ? value.slice(0, limits.stringFieldChars) : value;
  }
  if (Object.keys(known).length === 0) return undefined;
  const shortTags = Object.entries(tags).map(([tag, value]) => [tag, value.slice(0, limits.tagValueChars)]);
  return { name, tags: Object.fromEntries(shortTags), fields: known, at: Math.round(at) };
}
