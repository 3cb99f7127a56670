import { CampusError } from '../../../contract/errors.ts';

/** What passes by itself, or with other things than the file: a full disk, a machine without memory. */
const PASSING = /no space left|out of memory|cannot allocate|failed to allocate/i;

/**
 * Says what to do about a DuckDB file that does not open. Its errors have no codes, only texts, e.g.
 * `IO Error: Could not set lock on file "/…/store.duckdb": Conflicting lock is held in …`,
 * `IO Error: Corrupt database file: computed checksum … does not match stored checksum … in block at location 4096`,
 * `IO Error: The file "/…/store.duckdb" exists, but it is not a valid DuckDB database file!`.
 */
export function openFailure(path: string, cause: unknown): CampusError {
  const message = (cause instanceof Error ? cause.message : String(cause)).split('\n')[0] ?? '';
  if (message.includes('Could not set lock')) {
    return new CampusError(
      'home_locked',
      `${path} is held by another process: stop the other gateway of this home first`,
      { cause },
    );
  }
  if (PASSING.test(message)) {
    return new CampusError('store_unavailable', `cannot open ${path}: ${message}`, { cause });
  }
  return new CampusError(
    'store_unusable',
    `${path} cannot be used (${message}): restore it from a backup, or move it away to start with an empty store`,
    { cause },
  );
}
