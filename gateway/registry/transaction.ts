import type { DatabaseSync } from 'node:sqlite';

/** Runs `work` in one transaction: all of it or none. IMMEDIATE, so that waiting for another process happens at the start. */
export function inTransaction<T>(db: DatabaseSync, work: () => T): T {
  db.exec('BEGIN IMMEDIATE');
  try {
    const result = work();
    db.exec('COMMIT');
    return result;
  } catch (error) {
    // A full disk ends the transaction by itself (https://sqlite.org/lang_transaction.html#response_to_errors_within_a_transaction).
    if (db.isTransaction) db.exec('ROLLBACK');
    throw error;
  }
}
