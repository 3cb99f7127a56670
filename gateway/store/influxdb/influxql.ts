import type { LatestQuery, SeriesQuery } from '../store.ts';

/** InfluxQL text (InfluxDB 1.x, and 2.x/3 through their compatibility API). Everything put into it is quoted here or a number. */

/** An identifier in double quotes. */
export function quoteName(name: string): string {
  return `"${name.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}

/** A string literal in single quotes. */
export function quoteString(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}

/** The query for one field of one measurement, raw or in steps aligned to 1970. */
export function seriesInfluxQl(query: SeriesQuery): string {
  const field = quoteName(query.field);
  const conditions = [
    `time >= ${query.from}ms`,
    `time < ${query.to}ms`,
    ...tagConditions({ site: query.site, device: query.device, ...query.tags }),
  ];
  const groups = query.groupBy.map(quoteName);
  if (query.step !== undefined) groups.unshift(`time(${query.step}ms)`);
  const selected = query.step === undefined ? field : `${query.aggregate}(${field})`;
  const fill = query.step === undefined ? '' : ' fill(none)';
  const groupBy = groups.length > 0 ? ` GROUP BY ${groups.join(', ')}${fill}` : '';
  // The limit is per series in InfluxQL; the whole answer is cut by the caller.
  return `SELECT ${selected} AS "value" FROM ${quoteName(query.measurement)} WHERE ${conditions.join(' AND ')}${groupBy} LIMIT ${query.limit + 1}`;
}

/** The newest point of every series of one measurement since a moment, ms. */
export function latestInfluxQl(measurement: string, query: LatestQuery, since: number): string {
  const conditions = [`time > ${since}ms`, ...tagConditions({ site: query.site, device: query.device })];
  return `SELECT * FROM ${quoteName(measurement)} WHERE ${conditions.join(' AND ')} GROUP BY * ORDER BY time DESC LIMIT 1`;
}

/** The time of a measurement's newest point. */
export function newestInfluxQl(measurement: string): string {
  return `SELECT * FROM ${quoteName(measurement)} ORDER BY time DESC LIMIT 1`;
}

function tagConditions(tags: Record<string, string | undefined>): string[] {
  return Object.entries(tags)
    .filter((entry): entry is [string, string] => entry[1] !== undefined)
    .map(([key, value]) => `${quoteName(key)} = ${quoteString(value)}`);
}
