import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { consumerName } from '../../../gateway/store/store-location.ts';
import type { Gateway } from './gateway.ts';

/** A message of the load is smaller, bytes. */
const MESSAGE_BYTES = 400;

export function spoolOf(gateway: Gateway): string {
  return join(gateway.home, 'gateway', 'spool.sqlite');
}

/** Whether the primary has everything that is in the spool, and the spool knows that it does. */
export function isTakenByPrimary(path: string, location = 'duckdb'): boolean {
  const db = new DatabaseSync(path, { readOnly: true, timeout: 5000 });
  try {
    const select = `SELECT (SELECT max(position) FROM messages) AS last, (SELECT position FROM consumers WHERE name = ?) AS taken`;
    const row = db.prepare(select).get(consumerName(location));
    return row?.['last'] !== null && row?.['last'] === row?.['taken'];
  } finally {
    db.close();
  }
}

/** Moves the log of a spool that nobody has open into its file, as SQLite does by itself when the log has 4 MB. */
export function moveLogIntoFile(path: string): void {
  const db = new DatabaseSync(path);
  db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  db.close();
}

/** Where the names of messages of the load stand in a file, in order; nothing of a file that is not there. */
export function placesIn(path: string, isWanted: (id: string) => boolean): { id: string; at: number }[] {
  if (!existsSync(path)) return [];
  return [...readFileSync(path, 'latin1').matchAll(/load-\d+#\d+/g)]
    .map(({ 0: id, index }) => ({ id, at: index }))
    .filter(({ id }) => isWanted(id));
}

/** Whether a message seems to stand in a file as it was written: the names in all its points do, as far apart as they should be. */
export function holdsWhole(content: Buffer, id: string): boolean {
  // In the spool a text comes after its length (gateway/store/point-codec.ts).
  const text = Buffer.alloc(4 + id.length);
  text.writeUInt32LE(id.length);
  text.write(id, 4);
  for (let first = content.indexOf(text); first !== -1; first = content.indexOf(text, first + 1)) {
    const second = content.indexOf(text, first + 1);
    if (second !== -1 && second - first < MESSAGE_BYTES) return true;
  }
  return false;
}
