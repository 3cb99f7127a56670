import { expect, it } from 'vitest';
import { openFailure } from '../../../../gateway/store/duckdb/open-failure.ts';

it.each([
  [
    'IO Error: Could not set lock on file "/h/store.duckdb": Conflicting lock is held in /usr/bin/node (PID 7)',
    'home_locked',
  ],
  ['IO Error: The file "/h/store.duckdb" exists, but it is not a valid DuckDB database file!', 'store_unusable'],
  [
    'IO Error: Corrupt database file: computed checksum 17 does not match stored checksum 5 in block at location 4096',
    'store_unusable',
  ],
  ['IO Error: Could not write file "/h/store.duckdb.wal": No space left on device', 'store_unavailable'],
])('%s is %s', (message, code) => {
  const error = openFailure('/h/store.duckdb', new Error(message));
  expect(error.code).toBe(code);
  expect(error.message).toContain('/h/store.duckdb');
});
