import type { DuckDBMaterializedResult } from '@duckdb/node-api';
import type { Series, SeriesResult } from '../store.ts';

/**
 * Gathers the rows of `seriesSql`, straight from DuckDB's columns: an array for each of tens of thousands of rows would take as long as the
 * query itself.
 * @param tags of each group, by its number
 * @param limit points at most; one more says that there are more
 */
export function gatherSeries(
  result: DuckDBMaterializedResult,
  { tags, limit }: { tags: ReadonlyMap<number, Record<string, string>>; limit: number },
): SeriesResult {
  const series = new Map<number, Series>([...tags].map(([group, of]) => [group, { tags: of, points: [] }]));
  let rows = 0;
  for (let index = 0; index < result.chunkCount; index++) {
    const chunk = result.getChunk(index);
    const [groups, times, values] = [chunk.getColumnVector(0), chunk.getColumnVector(1), chunk.getColumnVector(2)];
    for (let row = 0; row < chunk.rowCount && rows < limit; row++, rows++) {
      const value = values.getItem(row);
      if (typeof value !== 'number' && typeof value !== 'string' && typeof value !== 'boolean') continue;
      series.get(Number(groups.getItem(row)))?.points.push([Number(times.getItem(row)), value]);
    }
  }
  const filled = [...series.values()].filter(({ points }) => points.length > 0);
  return { series: filled, truncated: result.rowCount > limit };
}
