import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { type AppendBlock, BY_CONTENT } from './append-block.ts';
import type { Damage } from './damage.ts';
import { openQueueDatabase } from './database.ts';
import type { QueueMessage, QueueStats, ReadLimit } from './message.ts';
import { CONSUMER_DEFAULT, QueueReader } from './queue-reader.ts';
import { RecentContents } from './recent-contents.ts';
import { SequenceWindows } from './sequence-windows.ts';

/** What a message costs beside its body: key, row header and its share of a page. */
const ROW_OVERHEAD_BYTES = 64;

/** Messages, the newest, whose contents are read anew after a start: what a producer may send again was under way when the queue ended. */
const REMEMBERED = { messages: 4096, bytes: 16 * 1024 * 1024 };

export interface QueueFileOptions {
  path: string;
  /** Bytes of messages held at most. */
  maxBytes: number;
  /** Who reads the queue; a message is deleted when all have acknowledged it. */
  consumers: readonly string[];
  /** Positions begin above this one: a consumer elsewhere remembers it, even when the file is new. */
  after?: number;
}

/** The outcome of one `append`: which messages were seen before, or that none of them fits any more. */
export type AppendResult = { full: true } | { full: false; duplicates: number[]; lastPosition: number };

/** What the queue knows in memory and what is on the disk differ: it must not go on, and is whole again once it is opened anew. */
export class LostTrack extends Error {
  constructor(cause: unknown) {
    super(`a failed commit could not be taken back: ${cause instanceof Error ? cause.message : String(cause)}`, {
      cause,
    });
  }
}

/**
 * The queue's file: SQLite in WAL mode with `synchronous = FULL`, so that a commit survives a power cut. Everything here
 * blocks on the disk: it belongs in a worker thread.
 */
export class QueueFile {
  readonly #db: DatabaseSync;
  readonly #reader: QueueReader;
  readonly #windows = new SequenceWindows();
  #contents: RecentContents | undefined;
  readonly #maxBytes: number;
  readonly #insert: StatementSync;
  readonly #saveWindow: StatementSync;
  readonly #selectWindow: StatementSync;
  readonly #savePosition: StatementSync;
  /** What was found when opening, if the file was damaged. */
  readonly damage: Damage | undefined;
  #lastPosition: number;
  #messages: number;
  #bytes: number;

  constructor(options: QueueFileOptions) {
    this.#maxBytes = options.maxBytes;
    const consumers = options.consumers.length === 0 ? [CONSUMER_DEFAULT] : options.consumers;
    const { db, damage } = openQueueDatabase(options.path, consumers);
    this.#db = db;
    this.damage = damage;
    this.#insert = db.prepare('INSERT INTO messages (position, key, received_at, body) VALUES (?, ?, ?, ?)');
    this.#saveWindow = db.prepare('INSERT OR REPLACE INTO windows (key, epochs) VALUES (?, ?)');
    this.#selectWindow = db.prepare('SELECT epochs FROM windows WHERE key = ?');
    this.#savePosition = db.prepare('INSERT OR REPLACE INTO meta (name, value) VALUES (?, ?)');
    for (const row of db.prepare('SELECT key, epochs FROM windows').iterate()) {
      this.#windows.restore(String(row['key']), String(row['epochs']));
    }
    const totals = db
      .prepare(
        `SELECT count(*) AS messages, coalesce(max(position), 0) AS last,
                coalesce(sum(length(body) + length(key) + ${ROW_OVERHEAD_BYTES}), 0) AS bytes FROM messages`,
      )
      .get();
    const saved = db.prepare("SELECT value FROM meta WHERE name = 'last_position'").get();
    this.#messages = Number(totals?.['messages']);
    this.#bytes = Number(totals?.['bytes']);
    this.#lastPosition = Math.max(Number(totals?.['last']), Number(saved?.['value'] ?? 0), options.after ?? 0);
    this.#setConsumers(consumers);
    this.#reader = new QueueReader(options.path);
  }

  /** Appends a block of messages in one transaction, all or none. Throws what SQLite throws when the disk fails. */
  append(block: AppendBlock): AppendResult {
    const bytes = block.body.byteLength + block.keys.length * ROW_OVERHEAD_BYTES;
    if (this.#bytes + bytes > this.#maxBytes) return { full: true };
    const touched = new Set<string>();
    const duplicates: number[] = [];
    let position = this.#lastPosition;
    let stored = 0;
    this.#db.exec('BEGIN IMMEDIATE');
    try {
      let offset = 0;
      for (const [index, key] of block.keys.entries()) {
        const body = block.body.subarray(offset, offset + block.lengths[index]!);
        offset += body.byteLength;
        const sequence = block.sequences[index]!;
        if (sequence > 0) {
          touched.add(key);
          if (!this.#windows.add(key, block.epochs[index]!, sequence)) {
            duplicates.push(index);
            continue;
          }
        } else if (sequence === BY_CONTENT && !this.#recentContents().add(key, body)) {
          duplicates.push(index);
          continue;
        }
        this.#insert.run(++position, key, block.receivedAt[index]!, body);
        stored += body.byteLength + key.length + ROW_OVERHEAD_BYTES;
      }
      for (const key of touched) this.#saveWindow.run(key, this.#windows.encode(key));
      this.#db.exec('COMMIT');
    } catch (error) {
      this.#rollback(touched);
      throw error;
    }
    this.#messages += position - this.#lastPosition;
    this.#lastPosition = position;
    this.#bytes += stored;
    return { full: false, duplicates, lastPosition: position };
  }

  read(after: number, limit: ReadLimit): QueueMessage[] {
    return this.#reader.read(after, limit);
  }

  /** Forgets which messages of a key have come. */
  forget(key: string): void {
    this.#db.prepare('DELETE FROM windows WHERE key = ?').run(key);
    this.#windows.restore(key, undefined);
  }

  /** Notes how far a consumer has come and deletes what every consumer has passed. */
  acknowledge(consumer: string, upTo: number): void {
    const position = Math.min(upTo, this.#lastPosition);
    this.#db.exec('BEGIN IMMEDIATE');
    try {
      this.#db.prepare('UPDATE consumers SET position = max(position, ?) WHERE name = ?').run(position, consumer);
      const passed = Number(this.#db.prepare('SELECT min(position) AS position FROM consumers').get()?.['position']);
      const gone = this.#db
        .prepare(
          `SELECT count(*) AS messages, coalesce(sum(length(body) + length(key) + ${ROW_OVERHEAD_BYTES}), 0) AS bytes
           FROM messages WHERE position <= ?`,
        )
        .get(passed);
      this.#db.prepare('DELETE FROM messages WHERE position <= ?').run(passed);
      this.#savePosition.run('last_position', this.#lastPosition);
      this.#savePosition.run('passed', passed);
      this.#db.exec('COMMIT');
      this.#messages -= Number(gone?.['messages']);
      this.#bytes -= Number(gone?.['bytes']);
    } catch (error) {
      if (this.#db.isTransaction) this.#db.exec('ROLLBACK');
      throw error;
    }
  }

  stats(): QueueStats {
    return {
      messages: this.#messages,
      bytes: this.#bytes,
      firstPosition: this.#lastPosition - this.#messages + 1,
      lastPosition: this.#lastPosition,
    };
  }

  close(): void {
    this.#reader.close();
    this.#db.close();
  }

  /**
   * After a failed commit the windows know messages that are not stored: take them back from the disk.
   * @throws LostTrack when that fails as well: a repeat of such a message would be acknowledged and be nowhere
   */
  #rollback(touched: ReadonlySet<string>): void {
    this.#contents = undefined;
    try {
      if (this.#db.isTransaction) this.#db.exec('ROLLBACK');
      for (const key of touched) {
        const row = this.#selectWindow.get(key);
        this.#windows.restore(key, row === undefined ? undefined : String(row['epochs']));
      }
    } catch (error) {
      throw new LostTrack(error);
    }
  }

  /** What the messages that wait say of their contents; of those that every consumer has passed nothing is known any more. */
  #recentContents(): RecentContents {
    if (this.#contents !== undefined) return this.#contents;
    const rows: { key: string; body: Uint8Array }[] = [];
    let bytes = 0;
    for (const { key, body } of this.#db.prepare('SELECT key, body FROM messages ORDER BY position DESC').iterate()) {
      if (rows.length >= REMEMBERED.messages || bytes >= REMEMBERED.bytes || !(body instanceof Uint8Array)) break;
      rows.push({ key: String(key), body });
      bytes += body.byteLength;
    }
    this.#contents = new RecentContents();
    for (const { key, body } of rows.toReversed()) this.#contents.add(key, body);
    return this.#contents;
  }

  /** Adds new consumers at the oldest message kept and forgets those that are no longer named. */
  #setConsumers(wanted: readonly string[]): void {
    const first = this.#lastPosition - this.#messages;
    for (const row of this.#db.prepare('SELECT name FROM consumers').all()) {
      const name = String(row['name']);
      if (!wanted.includes(name)) this.#db.prepare('DELETE FROM consumers WHERE name = ?').run(name);
    }
    const add = this.#db.prepare('INSERT OR IGNORE INTO consumers (name, position) VALUES (?, ?)');
    for (const name of wanted) add.run(name, first);
  }
}
