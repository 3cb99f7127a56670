import type { Aggregate } from '../store.ts';
import { quoteIdentifier } from './quote.ts';

/** The widths of the roll-ups, ms, and the schemas that hold them: a table for each measurement, by the same name as its points. */
export const rollupTiers = {
  minute: { widthMs: 60_000, schema: 'rollup_1m' },
  hour: { widthMs: 3_600_000, schema: 'rollup_1h' },
} as const;
export type RollupTier = keyof typeof rollupTiers;

/** What a roll-up keeps of each number within a step; the mean is sum by count. */
const parts = ['min', 'max', 'sum', 'count'] as const;
type Part = (typeof parts)[number];

/** Moments from `start` (inclusive) to `end` (exclusive), ms. */
export interface Interval {
  start: number;
  end: number;
}

/** The column that holds a part of a number's roll-up. */
function partColumn(column: string, part: Part): string {
  return quoteIdentifier(`${column}:${part}`);
}

/** The number whose roll-up is complete when a column of this name is there; undefined for every other column. */
export function columnOfPart(name: string): string | undefined {
  const last = `:${parts.at(-1)}`;
  return name.endsWith(last) ? name.slice(0, -last.length) : undefined;
}

export function rollupTable(table: string, tier: RollupTier): string {
  return `${rollupTiers[tier].schema}.${quoteIdentifier(table)}`;
}

export function createRollupSql(table: string, tier: RollupTier): string {
  return `CREATE TABLE IF NOT EXISTS ${rollupTable(table, tier)} ("time" TIMESTAMP_MS NOT NULL, "series" INTEGER NOT NULL)`;
}

/** Statements that give a roll-up the columns of a number. */
export function addColumnSql(table: string, tier: RollupTier, column: string): string[] {
  return parts.map((part) => {
    const type = part === 'count' ? 'BIGINT' : 'DOUBLE';
    return `ALTER TABLE ${rollupTable(table, tier)} ADD COLUMN IF NOT EXISTS ${partColumn(column, part)} ${type}`;
  });
}

/** Statements that make one interval of a roll-up anew: minutes from the points, hours from the minutes. */
export function refreshSql(table: string, tier: RollupTier, columns: readonly string[], interval: Interval): string[] {
  const target = rollupTable(table, tier);
  const where = `WHERE ${within([interval])}`;
  const names = ['"time"', '"series"', ...columns.flatMap((column) => parts.map((part) => partColumn(column, part)))];
  const values = columns.flatMap((column) => parts.map((part) => partSql(column, part, tier)));
  const from = tier === 'minute' ? quoteIdentifier(table) : rollupTable(table, 'minute');
  const bucket = `make_timestamp_ms(${bucketSql(rollupTiers[tier].widthMs)})`;
  return [
    `DELETE FROM ${target} ${where}`,
    `INSERT INTO ${target} (${names.join(', ')})
     SELECT ${[`${bucket} AS bucket`, '"series"', ...values].join(', ')} FROM ${from} ${where} GROUP BY bucket, "series" ORDER BY bucket`,
  ];
}

function partSql(column: string, part: Part, tier: RollupTier): string {
  if (tier === 'minute') return `${part}(${quoteIdentifier(column)})`;
  return `${part === 'count' ? 'sum' : part}(${partColumn(column, part)})`;
}

/** What roll-ups answer; the first and the last value they do not know. */
export type RolledAggregate = Exclude<Aggregate, 'first' | 'last'>;

export function rollupAnswers(aggregate: Aggregate): aggregate is RolledAggregate {
  return aggregate !== 'first' && aggregate !== 'last';
}

/** The beginning of the step that a row's time lies in, ms. */
export function bucketSql(stepMs: number): string {
  return `(epoch_ms("time") // ${stepMs}) * ${stepMs}`;
}

export function within(intervals: readonly Interval[]): string {
  if (intervals.length === 0) return 'false';
  const each = intervals.map(
    ({ start, end }) => `"time" >= make_timestamp_ms(${start}) AND "time" < make_timestamp_ms(${end})`,
  );
  return `(${each.join(' OR ')})`;
}

/** The parts of one number that an aggregate is made of, from the points or from a roll-up, as columns that `combineSql` takes. */
export function partsSql(column: string, aggregate: RolledAggregate, source: RollupTier | 'raw'): string {
  const of = (part: Part): string => partColumn(column, part);
  const quoted = quoteIdentifier(column);
  const names: Readonly<Record<RolledAggregate, readonly Part[]>> = {
    min: ['min'],
    max: ['max'],
    sum: ['sum'],
    count: ['count'],
    mean: ['sum', 'count'],
  };
  return names[aggregate]
    .map((part) => (source !== 'raw' ? of(part) : part === 'count' ? '1' : quoted))
    .map((value, index) => `${value} AS part${index}`)
    .join(', ');
}

/** Whether a row holds a value of the column: points need not, nor do the steps of a roll-up. */
export function holdsSql(column: string, source: RollupTier | 'raw'): string {
  return source === 'raw' ? `${quoteIdentifier(column)} IS NOT NULL` : `${partColumn(column, 'count')} > 0`;
}

/** An aggregate over the parts of several rows. */
export function combineSql(aggregate: RolledAggregate): string {
  return {
    min: 'min(part0)',
    max: 'max(part0)',
    sum: 'sum(part0)',
    count: 'sum(part0)::DOUBLE',
    mean: 'sum(part0) / sum(part1)',
  }[aggregate];
}
