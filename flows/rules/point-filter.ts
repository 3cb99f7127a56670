import { CampusError } from '../../contract/errors.ts';
import type { Metric } from '../../contract/telemetry.ts';

/** One condition on a point: a tag or field by name, compared as text; without `operator` it must be absent. */
interface Condition {
  name: string;
  comparison?: { operator: '=' | '!='; text: string };
}

export type PointFilter = readonly Condition[];

/**
 * Parses which points a rule looks at: conditions separated by commas, all of which must hold.
 *
 *   virtual!=true, kind=ethernet, !interface
 *
 * `name=text` wants the tag or field to be there and equal, `name!=text` wants it to be absent or different, `!name` wants it absent.
 * @throws CampusError `config_invalid` naming the condition that does not read so
 */
export function parsePointFilter(text: string): PointFilter {
  const parts = text.split(',').map((part) => part.trim());
  return parts.filter((part) => part !== '').map(parseCondition);
}

function parseCondition(text: string): Condition {
  const absent = /^!\s*([^=!\s]+)$/.exec(text);
  if (absent?.[1] !== undefined) return { name: absent[1] };
  const compared = /^([^=!\s]+)\s*(!?=)\s*(.*)$/.exec(text);
  const [, name, operator, wanted] = compared ?? [];
  if (name === undefined || wanted === undefined || (operator !== '=' && operator !== '!=')) {
    throw new CampusError('config_invalid', `filter: expected name=value, name!=value or !name, got "${text}"`);
  }
  return { name, comparison: { operator, text: wanted } };
}

/** True when all conditions hold for the point. A tag goes before a field of the same name. */
export function passesFilter(metric: Metric, filter: PointFilter): boolean {
  return filter.every(({ name, comparison }) => {
    const value = own(metric.tags, name) ?? own(metric.fields, name);
    if (comparison === undefined) return value === undefined;
    return (String(value) === comparison.text && value !== undefined) === (comparison.operator === '=');
  });
}

function own<V>(record: Readonly<Record<string, V>>, name: string): V | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}
