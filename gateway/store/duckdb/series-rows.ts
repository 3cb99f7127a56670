import type { DuckDBMaterializedResult } from '@duckdb/node-api';
import type { Series, SeriesQuery, SeriesResult } from '../store.ts';

/** Up to so many steps rows are put in order here, which takes a place in memory for each. */
const STEPS_MAX = 100_000;

/** The steps that a question may have values in. */
export interface Steps {
  /** Beginning of the first, ms. */
  first: number;
  widthMs: number;
  count: number;
}

/** The steps of a question whose rows `gatherSeries` can put in order; undefined for points, and for too many steps. */
export function stepsOf({ from, to, step }: SeriesQuery): Steps | undefined {
  if (step === undefined) return undefined;
  const first = Math.floor(from / step) * step;
  const count = Math.max(0, Math.ceil((to - first) / step));
  return count > STEPS_MAX ? undefined : { first, widthMs: step, count };
}

interface Wanted {
  /** The tags of each group, by its number. */
  tags: ReadonlyMap<number, Record<string, string>>;
  /** Points at most; one more says that there are more. */
  limit: number;
  /** Where rows may have come in any order; undefined when they are in order of time. */
  steps: Steps | undefined;
}

/**
 * Gathers the rows of `seriesSql`, straight from DuckDB's columns: an array for each of tens of thousands of rows would take as long as the
 * query itself.
 */
export function gatherSeries(result: DuckDBMaterializedResult, { tags, limit, steps }: Wanted): SeriesResult {
  const series = new Map<number, Series>([...tags].map(([group, of]) => [group, { tags: of, points: [] }]));
  const { groups, times, values } = columnsOf(result, Math.min(result.rowCount, limit));
  const order = steps === undefined ? undefined : orderOf(times, steps);
  for (let index = 0; index < times.length; index++) {
    const row = order?.[index] ?? index;
    const value = values[row];
    if (typeof value !== 'number' && typeof value !== 'string' && typeof value !== 'boolean') continue;
    series.get(groups[row]!)?.points.push([times[row]!, value]);
  }
  const filled = [...series.values()].filter(({ points }) => points.length > 0);
  return { series: filled, truncated: result.rowCount > limit };
}

interface Columns {
  groups: Float64Array;
  times: Float64Array;
  values: unknown[];
}

function columnsOf(result: DuckDBMaterializedResult, rows: number): Columns {
  const columns = { groups: new Float64Array(rows), times: new Float64Array(rows), values: new Array<unknown>(rows) };
  let at = 0;
  for (let index = 0; index < result.chunkCount && at < rows; index++) {
    const chunk = result.getChunk(index);
    const [groups, times, values] = [chunk.getColumnVector(0), chunk.getColumnVector(1), chunk.getColumnVector(2)];
    for (let row = 0; row < chunk.rowCount && at < rows; row++, at++) {
      columns.groups[at] = Number(groups.getItem(row));
      columns.times[at] = Number(times.getItem(row));
      columns.values[at] = values.getItem(row);
    }
  }
  return columns;
}

/** The rows' numbers in order of time, by counting how many each step has: one pass more, where sorting takes dozens. */
function orderOf(times: Float64Array, { first, widthMs, count }: Steps): Uint32Array {
  const next = new Uint32Array(count + 1);
  for (const time of times) next[(time - first) / widthMs + 1]! += 1;
  for (let step = 1; step < next.length; step++) next[step]! += next[step - 1]!;
  const order = new Uint32Array(times.length);
  for (const [row, time] of times.entries()) order[next[(time - first) / widthMs]!++] = row;
  return order;
}
