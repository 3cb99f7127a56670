import { rm } from 'node:fs/promises';
import type { DuckDBConnection } from '@duckdb/node-api';
import { quoteText } from './quote.ts';

/**
 * Opens the copy of a DuckDB file and moves its write-ahead log into it. So it is known to be readable, and a later version need not be able to
 * read this one's log. The original cannot be settled in its place: CHECKPOINT refuses while a query that began before the last write still runs.
 * @param path nobody else has it open
 */
export async function settleCopy(connection: DuckDBConnection, path: string): Promise<void> {
  await connection.run(`ATTACH ${quoteText(path)} AS copied`);
  try {
    await connection.run('CHECKPOINT copied');
  } finally {
    await connection.run('DETACH copied');
  }
  await rm(`${path}.wal`, { force: true });
}
