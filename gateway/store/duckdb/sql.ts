import type { Aggregate } from '../store.ts';
import { quoteIdentifier } from './quote.ts';
import {
  bucketSql,
  combineSql,
  type Interval,
  partialsSql,
  type RollupTier,
  rollupTable,
  within,
} from './rollup-sql.ts';
import type { Sources } from './rollups.ts';

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
  /** Where to read the values, when roll-ups hold a part of them; undefined for the points alone. */
  sources: Sources | undefined;
}

/**
 * The query for one field: rows of (group, time in ms, value), by group and time.
 * Everything put into the text is a number or a quoted identifier.
 */
export function seriesSql(query: SeriesSql): string {
  return query.sources === undefined ? pointsSql(query) : rolledSql(query, query.sources);
}

function pointsSql(query: SeriesSql): string {
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

/** The same from points and roll-ups together: each source gives parts of its steps, and these are combined. */
function rolledSql(query: SeriesSql, sources: Sources): string {
  const { aggregate, step } = query;
  if (aggregate === 'first' || aggregate === 'last' || step === undefined) return pointsSql(query);
  const partials = (['raw', 'minute', 'hour'] as const)
    .filter((source) => sources[source].length > 0)
    .map((source) => partialsOf(query, { source, intervals: sources[source], step }));
  return `SELECT grp, bucket, ${combineSql(aggregate)} AS value FROM (${partials.join(' UNION ALL ')})
    GROUP BY grp, bucket HAVING sum(many) > 0 ORDER BY grp, bucket LIMIT ${query.limit}`;
}

function partialsOf(
  query: SeriesSql,
  { source, intervals, step }: { source: RollupTier | 'raw'; intervals: readonly Interval[]; step: number },
): string {
  const table = source === 'raw' ? quoteIdentifier(query.table) : rollupTable(query.table, source);
  const group = query.groups === undefined ? '0' : 'members.grp';
  const join = query.groups === undefined ? '' : joinSql(query.groups);
  return `SELECT ${group} AS grp, ${bucketSql(step)} AS bucket, ${partialsSql(query.column, source)}
    FROM ${table} AS points ${join} WHERE ${within(intervals)} GROUP BY grp, bucket`;
}

function joinSql(groups: ReadonlyMap<number, number>): string {
  const rows = [...groups].map(([series, group]) => `(${series},${group})`).join(',');
  return `JOIN (VALUES ${rows}) AS members(series, grp) ON points."series" = members.series`;
}
