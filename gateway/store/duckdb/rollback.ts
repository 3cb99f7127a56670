import type { DuckDBConnection } from '@duckdb/node-api';
import { isInvalidated } from './invalidated.ts';

/**
 * Takes back what a failed transaction began. Where the failure ended it already, as a full disk does, or ended the whole database, there
 * is nothing to take back.
 */
export async function rollback(connection: DuckDBConnection): Promise<void> {
  try {
    await connection.run('ROLLBACK');
  } catch (error) {
    if (!isInvalidated(error) && !(error as Error).message.includes('no transaction is active')) throw error;
  }
}
