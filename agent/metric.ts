import { limits } from '../contract/limits.ts';
import type { FieldValue, Metric } from '../contract/telemetry.ts';
import type { CollectedMetric } from './collector.ts';

/**
 * Turns what a collector returned into a metric of the wire: what is unknown (undefined, NaN) is left out, long texts are cut.
 * @param timestamp ms
 * @returns undefined when nothing is known
 */
export function toMetric({ name, tags, fields }: CollectedMetric, timestamp: number): Metric | undefined {
  const known: Record<string, FieldValue> = {};
  for (const [field, value] of Object.entries(fields)) {
    if (value === undefined || (typeof value === 'number' && !Number.isFinite(value))) continue;
    known[field] = typeof value === 'string' ? value.slice(0, limits.stringFieldChars) : value;
  }
  if (Object.keys(known).length === 0) return undefined;
  const shortTags = Object.entries(tags).map(([tag, value]) => [tag, value.slice(0, limits.tagValueChars)]);
  return { name, tags: Object.fromEntries(shortTags), fields: known, timestamp };
}
