import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { CampusError } from '../contract/errors.ts';
import type { Home } from '../runtime/home.ts';

/** SQLITE_BUSY (https://sqlite.org/rescode.html#busy). */
const BUSY = 5;

/**
 * Keeps a second gateway out of a home, whatever its ports and stores are: two would give the same positions of one spool to different
 * messages. The lock is a transaction that is held open on an empty SQLite file, so the kernel releases it with the process, however that
 * ends.
 * @returns how to release it
 * @throws CampusError `home_locked` when another gateway runs here, `home_not_writable` when the file cannot be made
 */
export function lockHome(home: Home): () => void {
  const path = join(home.gatewayDir, 'gateway.lock');
  try {
    const db = new DatabaseSync(path, { timeout: 0 });
    db.exec('BEGIN EXCLUSIVE');
    return () => db.close();
  } catch (error) {
    if (error instanceof Error && 'errcode' in error && error.errcode === BUSY) {
      throw new CampusError(
        'home_locked',
        `another gateway runs on the home ${home.dir}: stop it first, or choose another home with --home DIR`,
        { cause: error },
      );
    }
    throw new CampusError('home_not_writable', `cannot lock ${path}: ${(error as Error).message}`, { cause: error });
  }
}
