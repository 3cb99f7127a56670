import type { DuckDBConnection } from '@duckdb/node-api';
import { groupByMeasurement } from '../batch.ts';
import { mergePoints } from '../history.ts';
import type { Point } from '../store.ts';
import { appendPoints } from './append.ts';
import type { Catalog, Table } from './catalog.ts';
import { rollback } from './rollback.ts';
import { quoteIdentifier } from './sql.ts';
import { writeFailure } from './write-failure.ts';

/** Where rows wait until they are compared with what the table has. */
const STAGING = 'campus_staging';

/**
 * Adds history to the tables, which `catalog.grow` has prepared: where a series has a row at the same moment, the two become one.
 * Doing it twice changes nothing. All points are stored, or none.
 * @returns how many values were left out because their type is not the column's
 * @throws CampusError `store_unavailable`, `store_refused`
 */
export async function mergeHistory(
  connection: DuckDBConnection,
  catalog: Catalog,
  points: readonly Point[],
): Promise<number> {
  let skipped = 0;
  await connection.run('BEGIN TRANSACTION');
  try {
    for (const [measurement, group] of groupByMeasurement(points)) {
      skipped += await mergeTable(connection, catalog, catalog.tables.get(measurement)!, mergePoints(group));
    }
    await connection.run('COMMIT');
  } catch (error) {
    await rollback(connection);
    throw writeFailure(error as Error);
  }
  return skipped;
}

/** @param points in order of time, one for each series and moment */
async function mergeTable(
  connection: DuckDBConnection,
  catalog: Catalog,
  table: Table,
  points: readonly Point[],
): Promise<number> {
  const name = quoteIdentifier(table.table);
  await connection.run(`CREATE OR REPLACE TEMP TABLE ${STAGING} AS SELECT * FROM ${name} LIMIT 0`);
  const skipped = await appendPoints(connection, catalog, { ...table, table: STAGING }, points);
  // The bounds let DuckDB skip the row groups of other times.
  const [first, last] = [points[0]!.time, points.at(-1)!.time];
  const same = `stored."series" = staged."series" AND stored."time" = staged."time"
    AND stored."time" BETWEEN make_timestamp_ms(${first}) AND make_timestamp_ms(${last})`;
  const fields = table.columns.map(({ column }) => quoteIdentifier(column));
  const filled = fields.map((field) => `${field} = coalesce(staged.${field}, stored.${field})`).join(', ');
  await connection.run(`UPDATE ${STAGING} AS staged SET ${filled} FROM ${name} AS stored WHERE ${same}`);
  await connection.run(`DELETE FROM ${name} AS stored USING ${STAGING} AS staged WHERE ${same}`);
  await connection.run(`INSERT INTO ${name} SELECT * FROM ${STAGING} ORDER BY "time"`);
  await connection.run(`DROP TABLE ${STAGING}`);
  return skipped;
}
