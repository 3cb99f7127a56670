import type { HistoryQuery, LatestQuery, SeriesQuery } from '../store.ts';
import { encodeName, encodeTagValue } from './influx-names.ts';

/** InfluxQL text (InfluxDB 1.x, and 2.x/3 through their compatibility API). Everything put into it is quoted here or a number. */

/** An identifier in double quotes. */
export function quoteName(name: string): string {
  return `"${name.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}

/** A string literal in single quotes. */
export function quoteString(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}

/** A field or a tag may have the name of the other: the suffix tells which is meant. */
const fieldName = (field: string): string => `${quoteName(encodeName(field))}::field`;
const tagName = (tag: string): string => `${quoteName(encodeName(tag))}::tag`;

/** Points of other programs in the database have no site and device. */
const ours = ['site', 'device'].map((tag) => `${tagName(tag)} != ''`);

/** The query for one field of one measurement, raw or in steps aligned to 1970. */
export function seriesInfluxQl(query: SeriesQuery): string {
  const field = fieldName(query.field);
  const conditions = [
    ...timeConditions(query),
    ...tagConditions({ ...query.tags }),
    ...tagConditions({ site: query.site, device: query.device }),
  ];
  const groups = query.groupBy.map(tagName);
  if (query.step !== undefined) groups.unshift(`time(${query.step}ms)`);
  const selected = query.step === undefined ? field : `${query.aggregate}(${field})`;
  const fill = query.step === undefined ? '' : ' fill(none)';
  const groupBy = groups.length > 0 ? ` GROUP BY ${groups.join(', ')}${fill}` : '';
  // The limit is per series in InfluxQL; the whole answer is cut by the caller.
  return `SELECT ${selected} AS "value" FROM ${quoteName(query.measurement)} WHERE ${conditions.join(' AND ')}${groupBy} LIMIT ${query.limit + 1}`;
}

/** The newest point of every series of one measurement since a moment, ms. */
export function latestInfluxQl(measurement: string, query: LatestQuery, since: number): string {
  const conditions = [`time > ${since}ms`, ...ours, ...tagConditions({ site: query.site, device: query.device })];
  return `SELECT *::field FROM ${quoteName(measurement)} WHERE ${conditions.join(' AND ')} GROUP BY * ORDER BY time DESC LIMIT 1`;
}

/** The time of a measurement's newest point. */
export function newestInfluxQl(measurement: string): string {
  return `SELECT *::field FROM ${quoteName(measurement)} WHERE ${ours.join(' AND ')} ORDER BY time DESC LIMIT 1`;
}

/** What a measurement is made of, as `SHOW FIELD KEYS` and `SHOW TAG KEYS` name it: encoded. */
export interface Columns {
  fields: readonly string[];
  tags: readonly string[];
}

/**
 * Raw history in order of time, over all series. The answer's columns are `time`, then f0, f1, … for the fields and t0, t1, … for the
 * tags, for a field and a tag may have one name.
 */
export function historyInfluxQl(
  { measurement, from, to }: Omit<HistoryQuery, 'limit'>,
  { fields, tags }: Columns,
  limit?: number,
): string {
  const columns = [
    ...fields.map((field, index) => `${quoteName(field)}::field AS f${index}`),
    ...tags.map((tag, index) => `${quoteName(tag)}::tag AS t${index}`),
  ];
  const conditions = [...timeConditions({ from, to }), ...ours];
  const cut = limit === undefined ? '' : ` LIMIT ${limit}`;
  return `SELECT ${columns.join(', ')} FROM ${quoteName(measurement)} WHERE ${conditions.join(' AND ')} ORDER BY time${cut}`;
}

function timeConditions({ from, to }: { from: number; to: number }): string[] {
  return [`time >= ${from}ms`, `time < ${to}ms`];
}

function tagConditions(tags: Record<string, string | undefined>): string[] {
  return Object.entries(tags)
    .filter((entry): entry is [string, string] => entry[1] !== undefined)
    .map(([key, value]) => `${tagName(key)} = ${quoteString(encodeTagValue(value))}`);
}
