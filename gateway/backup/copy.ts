import { copyFileSync, rmSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { CampusError } from '../../contract/errors.ts';
import { removeSignIns } from '../registry/sign-ins.ts';

/** How long the copy of a database waits for a writer that has it for itself, ms. */
const BUSY_MS = 10_000;
/** SQLITE_FULL (https://sqlite.org/rescode.html). */
const SQLITE_FULL = 13;

/**
 * Copies an SQLite database as it is at one moment, without what was deleted from it. Its writers, in this process or another, go on
 * (https://sqlite.org/lang_vacuum.html#vacuuminto). Blocks until it is done.
 * @throws CampusError `internal` when the database is damaged; what SQLite throws when the disk is full
 */
export function copySqlite(source: string, target: string): void {
  const db = new DatabaseSync(source, { timeout: BUSY_MS });
  try {
    db.prepare('VACUUM INTO ?').run(target);
  } catch (error) {
    if (isFull(error)) throw error;
    throw new CampusError('internal', `cannot copy ${source}: ${(error as Error).message}`, { cause: error });
  } finally {
    db.close();
  }
}

/** As `copySqlite`, and people have to sign in anew to the copy. */
export function copyRegistry(source: string, target: string): void {
  copySqlite(source, target);
  removeSignIns(target);
  for (const suffix of ['-wal', '-shm']) rmSync(target + suffix, { force: true });
}

/** Copies a file that is only ever replaced as a whole. */
export function copyPlain(source: string, target: string): void {
  copyFileSync(source, target);
}

/** True for an error that a full disk made, of Node.js or of SQLite. */
export function isFull(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if ('code' in error && ['ENOSPC', 'EDQUOT'].includes(String(error.code))) return true;
  return 'errcode' in error && typeof error.errcode === 'number' && (error.errcode & 0xff) === SQLITE_FULL;
}
