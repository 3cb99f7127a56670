import { existsSync, readFileSync, statSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { clearSuspect, type Damage, isCorruption, isSuspect } from './damage.ts';
import { readPageSize } from './salvage/page-images.ts';
import { finishReplacing, replaceBySalvaged } from './salvage/replace.ts';
import { readWal } from './salvage/wal.ts';
import { SCHEMA } from './schema.ts';

/**
 * Opens or makes a queue's file. One that is damaged is set aside, and what can still be read of it goes into a new one, so that
 * the queue goes on.
 * @param consumers who reads the queue
 */
export function openQueueDatabase(
  path: string,
  consumers: readonly string[],
): { db: DatabaseSync; damage: Damage | undefined } {
  finishReplacing(path);
  if (!isSuspect(path) && !isBroken(path)) {
    try {
      return { db: open(path), damage: undefined };
    } catch (error) {
      if (!isCorruption(error) || !existsSync(path)) throw error;
    }
  }
  const damage = replaceBySalvaged(path, consumers);
  clearSuspect(path);
  return { db: open(path), damage };
}

/** What SQLite would pass over in silence: a log that is damaged or has lost its database, and a file cut off to nothing. */
function isBroken(path: string): boolean {
  const size = statSync(path, { throwIfNoEntry: false })?.size;
  const wal = existsSync(`${path}-wal`) ? readFileSync(`${path}-wal`) : Buffer.alloc(0);
  if (wal.length === 0) return size === 0;
  const content = readWal(wal, size === undefined ? undefined : readPageSize(path));
  if (content === undefined) return size === 0;
  return content.damaged || size === undefined || size === 0;
}

function open(path: string): DatabaseSync {
  const isNew = !existsSync(path);
  const db = new DatabaseSync(path, { timeout: 5000 });
  try {
    db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA journal_size_limit = 16777216');
    // Made anew, the tables of a file that has lost them would hide what its pages still hold.
    if (!isNew && db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'messages'").get() === undefined) {
      throw corruption('the file has no table of messages');
    }
    db.exec(SCHEMA);
    const check = db.prepare('PRAGMA quick_check(1)').get();
    if (check?.['quick_check'] !== 'ok') throw corruption(String(check?.['quick_check']));
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

function corruption(message: string): Error {
  return Object.assign(new Error(message), { errcode: 11 });
}
