import { chmodSync, closeSync, fsyncSync, openSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { CampusError } from '../../contract/errors.ts';
import { noteHead } from './audit-head-note.ts';
import { migrate } from './migrations.ts';

/** How long a statement of the gateway waits for another process's write, ms: theirs take one, and MQTT waits along. */
const BUSY_TIMEOUT_MS = 2000;
/** A command line can wait until a busy gateway leaves it a gap. */
export const PATIENT_TIMEOUT_MS = 10_000;

export interface OpenOptions {
  busyTimeoutMs?: number;
}

/**
 * Opens or makes the registry's SQLite file with mode 0600. WAL with `synchronous = NORMAL` never fsyncs in a commit: that survives the end of the
 * process at once, and the end of the machine after the next checkpoint or `makeDurable`. Checkpoints fsync, so none starts by itself: `checkpoint`
 * runs it in a thread of its own.
 * @throws CampusError `registry_unusable` when the file is damaged or of a newer version
 */
export function openDatabase(path: string, { busyTimeoutMs = BUSY_TIMEOUT_MS }: OpenOptions = {}): DatabaseSync {
  // SQLite gives its -wal and -shm files the mode of the database.
  closeSync(openSync(path, 'a', 0o600));
  chmodSync(path, 0o600);
  const db = new DatabaseSync(path, { timeout: busyTimeoutMs, enableForeignKeyConstraints: true });
  try {
    db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 0');
    migrate(db, path);
    return db;
  } catch (error) {
    db.close();
    throw isCorruption(error) ? damaged(path, error) : error;
  }
}

/**
 * Waits until the disk has every commit so far. `synchronous = FULL` does the same with the file locked, so that everybody else waits along for a
 * slow card. Frames of the WAL have checksums: those that are there whole count after a power cut (https://sqlite.org/fileformat2.html#walformat).
 * @param path the registry's file, open in this process
 */
export function makeDurable(path: string): void {
  const file = openSync(`${path}-wal`, 'r+');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/**
 * Moves what the WAL holds into the database and fsyncs both, and notes the audit log's newest row outside of it. Blocks on the disk: call it from a worker thread, every minute or so.
 * @param path the registry's file, open elsewhere
 */
export function checkpoint(path: string): void {
  const db = new DatabaseSync(path, { timeout: PATIENT_TIMEOUT_MS });
  try {
    db.exec('PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 0');
    const head = db.prepare('SELECT id, hash FROM audit_head').get();
    // PASSIVE lets the writers go on (https://sqlite.org/pragma.html#pragma_wal_checkpoint).
    const moved = db.prepare('PRAGMA wal_checkpoint(PASSIVE)').get();
    // What is noted must be on the disk: a power cut would else look like a deletion.
    if (moved !== undefined && moved['log'] === moved['checkpointed']) noteHead(path, head);
    // The first commit after a checkpoint begins the WAL anew and fsyncs its header: let that be this one.
    db.exec("UPDATE revisions SET value = value + 1 WHERE name = 'checkpoints'");
  } finally {
    db.close();
  }
}

function damaged(path: string, cause: unknown): CampusError {
  return new CampusError(
    'registry_unusable',
    `${path}: expected an SQLite database, got a damaged file: restore it from a backup, or move it away to start with an empty registry`,
    { cause },
  );
}

/** SQLITE_CORRUPT 11 and SQLITE_NOTADB 26 (https://sqlite.org/rescode.html); extended codes keep the primary one in the low byte. */
function isCorruption(error: unknown): boolean {
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number') return false;
  return [11, 26].includes(error.errcode & 0xff);
}
