import {
  BOOLEAN,
  DOUBLE,
  type DuckDBConnection,
  DuckDBDataChunk,
  DuckDBTimestampMillisecondsValue,
  type DuckDBType,
  type DuckDBValue,
  INTEGER,
  TIMESTAMP_MS,
  VARCHAR,
} from '@duckdb/node-api';
import type { FieldType, Point } from '../store.ts';
import type { Catalog, Table } from './catalog.ts';

/** Rows of one data chunk: DuckDB's vector size. */
const CHUNK_ROWS = 2048;

const columnTypes: Record<FieldType, DuckDBType> = { number: DOUBLE, string: VARCHAR, boolean: BOOLEAN };

/**
 * Appends the points of one measurement, column by column, inside the connection's open transaction.
 * @returns how many values were left out because their type is not the column's
 */
export async function appendPoints(
  connection: DuckDBConnection,
  catalog: Catalog,
  table: Table,
  points: readonly Point[],
): Promise<number> {
  const types: DuckDBType[] = [TIMESTAMP_MS, INTEGER, ...table.columns.map(({ type }) => columnTypes[type])];
  const appender = await connection.createAppender(table.table);
  let skipped = 0;
  for (let start = 0; start < points.length; start += CHUNK_ROWS) {
    const rows = points.slice(start, start + CHUNK_ROWS);
    const chunk = DuckDBDataChunk.create(types, rows.length);
    chunk.setColumnValues(
      0,
      rows.map(({ time }) => new DuckDBTimestampMillisecondsValue(BigInt(time))),
    );
    chunk.setColumnValues(
      1,
      rows.map((point) => catalog.seriesOf(point).id),
    );
    for (const [index, { field, type }] of table.columns.entries()) {
      const values = rows.map(({ fields }): DuckDBValue => {
        const value = Object.hasOwn(fields, field) ? fields[field] : undefined;
        if (value === undefined) return null;
        if (typeof value === type) return value;
        skipped++;
        return null;
      });
      chunk.setColumnValues(index + 2, values);
    }
    appender.appendDataChunk(chunk);
  }
  appender.closeSync();
  return skipped;
}
