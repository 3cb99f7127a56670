import { closeSync, existsSync, openSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import type { QueueMessage } from '../../queue/message.ts';
import { type EncodedMessage, splitSpoolKey, spoolKey } from './batch.ts';
import { decodePoints } from './point-reader.ts';
import type { ErasedSubject } from './store.ts';

/** Kept at most, of all stores together: a day of one device whose every message is at fault. The oldest go first. */
const BOUNDS = { messages: 10_000, bytes: 64 * 1024 * 1024 };
/** What no store has taken by then is of no use any more, and what is personal in it must not stay for longer. */
const KEPT_DAYS = 30;
const DAY_MS = 24 * 3600 * 1000;

/** Consumers are those of the spool. What was deleted is overwritten: erasures must leave nothing. */
const SETUP = `
  PRAGMA journal_mode = DELETE; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON;
  CREATE TABLE IF NOT EXISTS messages (
    id INTEGER PRIMARY KEY AUTOINCREMENT, consumer TEXT NOT NULL, key TEXT NOT NULL, body BLOB NOT NULL, set_aside_at INTEGER NOT NULL
  ) STRICT;
`;

/** A message that a store did not take, whole as it was in the spool. */
export interface SetAsideMessage extends EncodedMessage {
  id: number;
}

/**
 * The file of the messages that stores did not take though they took others: kept, to be tried again later. Most gateways never have
 * it. It blocks on the disk: it belongs to the store's thread.
 */
export class SetAside {
  readonly path: string;
  readonly #now: () => number;
  #opened: DatabaseSync | undefined;

  /** @param now wall clock, ms */
  constructor(path: string, now: () => number) {
    this.path = path;
    this.#now = now;
  }

  /** Keeps a message; it is on the disk when this returns. */
  add(consumer: string, { key, body }: Pick<QueueMessage, 'key' | 'body'>): void {
    const db = this.#open();
    db.prepare('INSERT INTO messages (consumer, key, body, set_aside_at) VALUES (?, ?, ?, ?)').run(
      ...[consumer, key, body, this.#now()],
    );
    this.#trim(db);
  }

  /** Messages of a store, oldest first, after one of them. */
  list(consumer: string, after: number, limit: number): SetAsideMessage[] {
    if (!this.#exists) return [];
    const rows = this.#open()
      .prepare('SELECT id, key, body FROM messages WHERE consumer = ? AND id > ? ORDER BY id LIMIT ?')
      .all(consumer, after, limit);
    return rows.map(({ id, key, body }) => ({ id: Number(id), key: String(key), body: body as Uint8Array }));
  }

  /** A store has taken these after all. */
  remove(ids: readonly number[]): void {
    const remove = this.#open().prepare('DELETE FROM messages WHERE id = ?');
    for (const id of ids) remove.run(id);
  }

  /** Deletes what has been here for too long. */
  prune(): void {
    if (this.#exists)
      this.#open()
        .prepare('DELETE FROM messages WHERE set_aside_at < ?')
        .run(this.#now() - KEPT_DAYS * DAY_MS);
  }

  /** Deletes the messages of a device, or those with a text in their tags or text fields. */
  erase(subject: ErasedSubject): void {
    if (!this.#exists) return;
    const db = this.#open();
    if ('device' in subject) {
      db.prepare('DELETE FROM messages WHERE key = ?').run(spoolKey(subject.site, subject.device));
      return;
    }
    const rows = db.prepare('SELECT id, key, body FROM messages').all();
    const named = rows.filter(({ key, body }) => mentions(String(key), body as Uint8Array, subject.text));
    this.remove(named.map(({ id }) => Number(id)));
  }

  close(): void {
    this.#opened?.close();
  }

  get #exists(): boolean {
    return this.#opened !== undefined || existsSync(this.path);
  }

  #open(): DatabaseSync {
    if (this.#opened !== undefined) return this.#opened;
    closeSync(openSync(this.path, 'a', 0o600));
    const db = new DatabaseSync(this.path, { timeout: 5000 });
    try {
      db.exec(SETUP);
    } catch (error) {
      db.close();
      throw error;
    }
    this.#opened = db;
    return db;
  }

  #trim(db: DatabaseSync): void {
    const totals = db.prepare('SELECT count(*) AS messages, sum(length(body)) AS bytes FROM messages').get();
    if (Number(totals?.['messages']) <= BOUNDS.messages && Number(totals?.['bytes']) <= BOUNDS.bytes) return;
    db.exec(
      'DELETE FROM messages WHERE id IN (SELECT id FROM messages ORDER BY id LIMIT max(1, (SELECT count(*) / 100 FROM messages)))',
    );
  }
}

function mentions(key: string, body: Uint8Array, text: string): boolean {
  const { site, device } = splitSpoolKey(key);
  return decodePoints(site, device, body).some(({ tags, fields }) =>
    [...Object.values(tags), ...Object.values(fields)].some(
      (value) => typeof value === 'string' && value.includes(text),
    ),
  );
}
