import type { DuckDBConnection } from '@duckdb/node-api';
import { quoteIdentifier } from './quote.ts';
import type { TableBuffer } from './table-buffer.ts';

/** Where rows wait until they are compared with what the table has. */
const STAGING = 'campus_staging';

/**
 * Adds the rows of a buffer, one for each series and moment, to its table inside the connection's open transaction: where a series has a
 * row at the same moment, the two become one. Doing it twice changes nothing.
 */
export async function mergeTable(connection: DuckDBConnection, buffer: TableBuffer): Promise<void> {
  const name = quoteIdentifier(buffer.table.table);
  await connection.run(`CREATE OR REPLACE TEMP TABLE ${STAGING} AS SELECT * FROM ${name} LIMIT 0`);
  await buffer.append(connection, STAGING);
  // The bounds let DuckDB skip the row groups of other times.
  const { first, last } = buffer.range();
  const same = `stored."series" = staged."series" AND stored."time" = staged."time"
    AND stored."time" BETWEEN make_timestamp_ms(${first}) AND make_timestamp_ms(${last})`;
  const fields = buffer.table.columns.map(({ column }) => quoteIdentifier(column));
  const filled = fields.map((field) => `${field} = coalesce(staged.${field}, stored.${field})`).join(', ');
  await connection.run(`UPDATE ${STAGING} AS staged SET ${filled} FROM ${name} AS stored WHERE ${same}`);
  await connection.run(`DELETE FROM ${name} AS stored USING ${STAGING} AS staged WHERE ${same}`);
  await connection.run(`INSERT INTO ${name} SELECT * FROM ${STAGING} ORDER BY "time"`);
  await connection.run(`DROP TABLE ${STAGING}`);
}
