import type { Aggregate } from '../store.ts';

/** An identifier in double quotes (SQL:2016 §5.2). */
export function quoteIdentifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** The aggregate of a column within a step; first and last go by time. */
export function aggregateSql(aggregate: Aggregate, column: string): string {
  const quoted = quoteIdentifier(column);
  if (aggregate === 'first') return `arg_min(${quoted}, "time")`;
  if (aggregate === 'last') return `arg_max(${quoted}, "time")`;
  if (aggregate === 'mean') return `avg(${quoted})`;
  return `${aggregate}(${quoted})`;
}

export interface SeriesSql {
  table: string;
  column: string;
  aggregate: Aggregate;
  from: number;
  to: number;
  step: number | undefined;
  /** Group number by series number; undefined when every series of the table is wanted, in one group. */
  groups: ReadonlyMap<number, number> | undefined;
  limit: number;
}

/**
 * The query for one field: rows of (group, time in ms, value), by group and time.
 * Everything put into the text is a number or a quoted identifier.
 */
export function seriesSql(query: SeriesSql): string {
  const column = quoteIdentifier(query.column);
  const from = `FROM ${quoteIdentifier(query.table)} AS points`;
  const where = `WHERE "time" >= make_timestamp_ms(${query.from}) AND "time" < make_timestamp_ms(${query.to}) AND ${column} IS NOT NULL`;
  const group = query.groups === undefined ? '0' : 'members.grp';
  const join = query.groups === undefined ? '' : joinSql(query.groups);
  const time = query.step === undefined ? 'epoch_ms("time")' : `(epoch_ms("time") // ${query.step}) * ${query.step}`;
  const value = query.step === undefined ? column : aggregateSql(query.aggregate, query.column);
  const grouping = query.step === undefined ? '' : 'GROUP BY grp, bucket';
  return `SELECT ${group} AS grp, ${time} AS bucket, ${value} AS value ${from} ${join} ${where} ${grouping}
    ORDER BY grp, bucket LIMIT ${query.limit}`;
}

function joinSql(groups: ReadonlyMap<number, number>): string {
  const rows = [...groups].map(([series, group]) => `(${series},${group})`).join(',');
  return `JOIN (VALUES ${rows}) AS members(series, grp) ON points."series" = members.series`;
}
