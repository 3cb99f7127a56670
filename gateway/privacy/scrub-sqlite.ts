import { DatabaseSync } from 'node:sqlite';
import { CampusError } from '../../contract/errors.ts';

/** How long a writer that has the file for itself is waited for, ms. */
const BUSY_MS = 10_000;

/**
 * Leaves nothing of what was deleted or replaced, at whatever time, in an SQLite file and its write-ahead log: the file is written anew. Others may
 * have it open; they wait meanwhile. Blocks on the disk: call it from a worker thread.
 * @throws CampusError `state_conflict` while a reader needs the log: to be tried again
 */
export function scrubSqlite(path: string): void {
  const db = new DatabaseSync(path, { timeout: BUSY_MS });
  try {
    db.exec('VACUUM');
    // Moves all of the log into the file and cuts it off to nothing (https://sqlite.org/pragma.html#pragma_wal_checkpoint).
    const outcome = db.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get();
    if (outcome?.['busy'] !== 0) {
      throw new CampusError(
        'state_conflict',
        `expected to be alone with ${path}, found it being read: tried again later`,
      );
    }
  } finally {
    db.close();
  }
}
