import type { Aggregate, SeriesQuery } from '../store.ts';
import { encodeLabel, labels, seriesName, typeLabel } from './labels.ts';

/**
 * PromQL text with the extensions of MetricsQL (https://docs.victoriametrics.com/metricsql/). Everything put into it is quoted or
 * escaped here, or a number.
 */

/** A string literal, quoted as Go does, which JSON's quoting is a part of. */
export function quoteString(text: string): string {
  return JSON.stringify(text.toWellFormed());
}

/** A label's name: MetricsQL takes any character after a backslash. */
export function escapeLabel(label: string): string {
  return label.replaceAll(/[^A-Za-z0-9_]/gu, '\\$&').replace(/^[0-9]/, '\\$&');
}

/** A series selector. A label with an empty value matches series that lack it. */
export function selector(matching: Readonly<Record<string, string | undefined>>): string {
  const matchers = Object.entries(matching)
    .filter((entry): entry is [string, string] => entry[1] !== undefined)
    .map(([label, value]) => `${escapeLabel(label)}=${quoteString(value)}`);
  return `{${matchers.join(',')}}`;
}

/** Every series of a measurement, or those of one site or device. */
export function measurementSelector(measurement: string, of: { site?: string; device?: string } = {}): string {
  return selector({ [labels.measurement]: measurement, site: of.site, device: of.device });
}

/** The series of one field that a query asks for. */
export function fieldSelector(query: SeriesQuery, type: 'number' | 'boolean'): string {
  const { measurement, field, site, device, tags = {} } = query;
  const encoded = Object.fromEntries(Object.entries(tags).map(([tag, value]) => [encodeLabel(tag), value]));
  return selector({
    [labels.name]: seriesName(measurement, field),
    [labels.measurement]: measurement,
    [labels.type]: typeLabel(type),
    ...encoded,
    ...(site === undefined ? {} : { site }),
    ...(device === undefined ? {} : { device }),
  });
}

/** An expression over a window: `over` is the text that follows a selector, e.g. `[20000ms] offset -3600000ms`. */
export type WindowExpression = (over: string) => string;

/** What an aggregate is over the samples of all selected series within a window, one value for each combination of `groupBy`. */
export function aggregateExpression(
  aggregate: Aggregate,
  groupBy: readonly string[],
  selected: string,
): WindowExpression {
  const keys = groupBy.map((key) => escapeLabel(encodeLabel(key))).join(', ');
  const by = keys === '' ? '' : ` by (${keys})`;
  switch (aggregate) {
    case 'mean':
      return (over) => `sum${by} (sum_over_time(${selected}${over})) / sum${by} (count_over_time(${selected}${over}))`;
    case 'sum':
      return (over) => `sum${by} (sum_over_time(${selected}${over}))`;
    case 'count':
      return (over) => `sum${by} (count_over_time(${selected}${over}))`;
    case 'min':
      return (over) => `min${by} (min_over_time(${selected}${over}))`;
    case 'max':
      return (over) => `max${by} (max_over_time(${selected}${over}))`;
    case 'first':
      return (over) => edge({ rollup: 'first', extreme: 'min', by, keys }, `${selected}${over}`);
    case 'last':
      return (over) => edge({ rollup: 'last', extreme: 'max', by, keys }, `${selected}${over}`);
  }
}

/** The first or last value over several series: that of the series whose sample is the group's earliest or latest. */
function edge(
  of: { rollup: 'first' | 'last'; extreme: 'min' | 'max'; by: string; keys: string },
  samples: string,
): string {
  const { rollup, extreme, by, keys } = of;
  const value = `${rollup}_over_time(${samples})`;
  const time = `t${rollup}_over_time(${samples})`;
  return `max${by} (${value} if (${time} == on (${keys}) group_left() ${extreme}${by} (${time})))`;
}
