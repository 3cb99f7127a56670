import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { CampusError } from '../contract/errors.ts';
import { isCorruption, markSuspect } from './damage.ts';
import type { QueueMessage, ReadLimit } from './message.ts';

/** The consumer of a queue that has only one. */
export const CONSUMER_DEFAULT = 'default';

/** Reads a queue's file through a connection of its own: any thread may, while the queue's worker appends. Reads block on the disk. */
export class QueueReader {
  readonly #path: string;
  readonly #db: DatabaseSync;
  readonly #select: StatementSync;
  readonly #position: StatementSync;

  /** @param path the file of an open `DurableQueue` */
  constructor(path: string) {
    this.#path = path;
    this.#db = new DatabaseSync(path, { timeout: 5000 });
    this.#db.exec('PRAGMA query_only = 1');
    this.#select = this.#db.prepare(
      'SELECT position, key, received_at, body FROM messages WHERE position > ? ORDER BY position LIMIT ?',
    );
    this.#position = this.#db.prepare('SELECT position FROM consumers WHERE name = ?');
  }

  /**
   * The messages after a position in order, at least one when there is one, within the limits otherwise.
   * @throws CampusError `queue_damaged` when the file turns out to be: the queue must be opened anew, which saves what can be read
   */
  read(after: number, limit: ReadLimit): QueueMessage[] {
    try {
      return this.#read(after, limit);
    } catch (error) {
      if (!isCorruption(error)) throw error;
      markSuspect(this.#path);
      throw new CampusError('queue_damaged', `${this.#path} is damaged: ${(error as Error).message}`, { cause: error });
    }
  }

  /** How far a consumer has acknowledged; 0 for one that is not known. */
  position(consumer: string): number {
    return Number(this.#position.get(consumer)?.['position'] ?? 0);
  }

  close(): void {
    this.#db.close();
  }

  #read(after: number, limit: ReadLimit): QueueMessage[] {
    const messages: QueueMessage[] = [];
    let bytes = 0;
    for (const row of this.#select.iterate(after, limit.messages)) {
      const body = row['body'] as Uint8Array;
      bytes += body.byteLength;
      if (messages.length > 0 && bytes > limit.bytes) break;
      messages.push({
        position: Number(row['position']),
        key: String(row['key']),
        receivedAt: Number(row['received_at']),
        body,
      });
    }
    return messages;
  }
}
