import { closeSync, fsyncSync, openSync, rmSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { SCHEMA } from '../schema.ts';
import type { WindowText } from '../sequence-windows.ts';
import { PageImages } from './page-images.ts';
import { recoverRows } from './recovered-rows.ts';
import { joinWindows } from './window-union.ts';

/** What of a damaged queue could be saved. */
export interface Salvaged {
  /** Messages that are in the new file, with their positions. */
  saved: number;
  /** Messages known to have been there and not to be read any more: at the end of a file that was cut off there may have been more. */
  lost: number;
}

/** What is known besides messages. All of it only ever grows, so that of several images of a row the furthest is right. */
interface Progress {
  numbers: Map<string, number>;
  windows: Map<string, WindowText>;
  /** The highest position seen anywhere. */
  highest: number;
}

/**
 * Reads what can still be read from a damaged queue, page by page, and writes it to a new file, which is on the disk when this
 * returns. The damaged file is not changed.
 * @param consumers who reads the queue: what all of them had acknowledged is not brought back
 */
export function salvage(damaged: string, target: string, consumers: readonly string[]): Salvaged {
  rmSync(target, { force: true });
  const images = new PageImages(damaged);
  const db = new DatabaseSync(target);
  try {
    // Until it has its name this file is worth nothing: it needs neither a log nor an fsync per commit.
    db.exec('PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF');
    db.exec(SCHEMA);
    db.exec('BEGIN');
    const progress = copyRows(images, db);
    const salvaged = finish(db, progress, consumers);
    db.exec('COMMIT');
    return salvaged;
  } finally {
    db.close();
    images.close();
    syncFile(target);
  }
}

function copyRows(images: PageImages, db: DatabaseSync): Progress {
  const progress: Progress = { numbers: new Map(), windows: new Map(), highest: 0 };
  const insert = db.prepare('INSERT OR IGNORE INTO messages (position, key, received_at, body) VALUES (?, ?, ?, ?)');
  for (const row of recoverRows(images)) {
    switch (row.table) {
      case 'messages':
        insert.run(row.position, row.key, row.receivedAt, row.body);
        progress.highest = Math.max(progress.highest, row.position);
        break;
      case 'reached':
        progress.highest = Math.max(progress.highest, row.position);
        break;
      case 'numbers':
        progress.numbers.set(row.name, Math.max(progress.numbers.get(row.name) ?? 0, row.value));
        progress.highest = Math.max(progress.highest, row.value);
        break;
      case 'windows': {
        const joined = joinWindows(progress.windows.get(row.key) ?? [], row.epochs);
        if (joined !== undefined) progress.windows.set(row.key, joined);
      }
    }
  }
  return progress;
}

/** Writes the progress down, drops what all consumers had, and counts. */
function finish(db: DatabaseSync, progress: Progress, consumers: readonly string[]): Salvaged {
  const { numbers, windows, highest } = progress;
  const addConsumer = db.prepare('INSERT INTO consumers (name, position) VALUES (?, ?)');
  const positions = consumers.flatMap((name) => numbers.get(name) ?? []);
  // `passed` is written beside them, on another page.
  const passed = positions.length > 0 ? Math.min(...positions) : numbers.get('passed');
  for (const name of consumers) addConsumer.run(name, numbers.get(name) ?? passed ?? 0);
  const addWindow = db.prepare('INSERT INTO windows (key, epochs) VALUES (?, ?)');
  for (const [key, epochs] of windows) addWindow.run(key, JSON.stringify(epochs));
  db.prepare("INSERT INTO meta (name, value) VALUES ('last_position', ?)").run(highest);
  db.prepare('DELETE FROM messages WHERE position <= ?').run(passed ?? 0);
  const saved = Number(db.prepare('SELECT count(*) AS saved FROM messages').get()?.['saved']);
  // Where nobody's progress is known, the messages before the oldest one saved may as well have been done with.
  const first = Number(db.prepare('SELECT coalesce(min(position), 0) AS first FROM messages').get()?.['first']);
  const from = passed ?? Math.max(0, first - 1);
  return { saved, lost: Math.max(0, highest - from - saved) };
}

function syncFile(path: string): void {
  const file = openSync(path, 'r');
  fsyncSync(file);
  closeSync(file);
}
