import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { integer, optionalInteger, type Row, text } from './row.ts';

/** What can be erased: a client by its pseudonym, the account of a person, a device. */
export type ErasureSubject =
  | { kind: 'client'; pseudonym: string }
  | { kind: 'user'; name: string }
  | { kind: 'device'; site: string; device: string };

/** That an erasure was done is kept for as long as the audit log says so: a yearly review needs a year and some weeks. */
export const ERASURE_LIFE_MS = 400 * 24 * 3600 * 1000;

/** How far an erasure is. Each step may be done again, so one that was cut short is. */
export const erasureSteps = ['requested', 'stores', 'registry', 'files'] as const;

export interface Erasure {
  id: number;
  /** Undefined once stores and registry are done with it: then nobody knows any more whom it was about. */
  subject: ErasureSubject | undefined;
  kind: ErasureSubject['kind'];
  /** Who asked for it, as the audit log calls them. */
  actor: string;
  /** ms */
  requestedAt: number;
  doneAt: number | undefined;
  /** Steps of `erasureSteps` that are done, after the first. */
  step: number;
  /** Why the last attempt of the next step failed; empty when it did not. */
  failure: string;
  /** What is left to do on servers, a line each. */
  notes: string[];
}

export const erasuresTable = `
  -- The subject is deleted when the work is done.
  CREATE TABLE erasures (
    id INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, subject TEXT NOT NULL, actor TEXT NOT NULL,
    requested_at INTEGER NOT NULL, done_at INTEGER, step INTEGER NOT NULL, failure TEXT NOT NULL, notes TEXT NOT NULL
  ) STRICT;
`;

/** The table `erasures`: what is to be erased, how far that is, and, without whom it was about, that it was done. */
export class ErasureTable {
  readonly #add: StatementSync;
  readonly #get: StatementSync;
  readonly #next: StatementSync;
  readonly #list: StatementSync;
  readonly #advance: StatementSync;
  readonly #fail: StatementSync;
  readonly #forget: StatementSync;
  readonly #finish: StatementSync;
  readonly #renameActor: StatementSync;
  readonly #count: StatementSync;
  readonly #prune: StatementSync;

  constructor(db: DatabaseSync) {
    this.#add = db.prepare(`
      INSERT INTO erasures (kind, subject, actor, requested_at, step, failure, notes)
      VALUES ($kind, $subject, $actor, $now, 0, '', '[]')`);
    this.#get = db.prepare('SELECT * FROM erasures WHERE id = ?');
    this.#next = db.prepare('SELECT * FROM erasures WHERE done_at IS NULL ORDER BY id LIMIT 1');
    this.#list = db.prepare('SELECT * FROM erasures ORDER BY id DESC LIMIT ?');
    this.#advance = db.prepare("UPDATE erasures SET step = $step, failure = '', notes = $notes WHERE id = $id");
    this.#fail = db.prepare('UPDATE erasures SET failure = $failure WHERE id = $id');
    this.#forget = db.prepare(
      "UPDATE erasures SET subject = '', step = $step, failure = '', notes = $notes WHERE id = $id",
    );
    this.#finish = db.prepare("UPDATE erasures SET done_at = $now, step = $step, failure = '' WHERE id = $id");
    this.#renameActor = db.prepare('UPDATE erasures SET actor = ? WHERE actor = ?');
    this.#count = db.prepare('SELECT count(*) AS erasures FROM erasures');
    this.#prune = db.prepare('DELETE FROM erasures WHERE done_at <= ?');
  }

  /** Asks for an erasure. Returns its number. */
  add(subject: ErasureSubject, actor: string, now: number): number {
    const columns = { $kind: subject.kind, $subject: JSON.stringify(subject), $actor: actor, $now: now };
    return Number(this.#add.run(columns).lastInsertRowid);
  }

  get(id: number): Erasure | undefined {
    const row = this.#get.get(id);
    return row === undefined ? undefined : fromRow(row);
  }

  /** The oldest that is not done. */
  next(): Erasure | undefined {
    const row = this.#next.get();
    return row === undefined ? undefined : fromRow(row);
  }

  /** Newest first. */
  list(limit: number): Erasure[] {
    return this.#list.all(limit).map(fromRow);
  }

  count(): number {
    return integer(this.#count.get() ?? {}, 'erasures');
  }

  /** Calls who asked for erasures by another name. */
  renameActor(from: string, to: string): void {
    this.#renameActor.run(to, from);
  }

  /** Notes that a step is done. */
  advance({ id, step, notes }: Pick<Erasure, 'id' | 'step' | 'notes'>): void {
    this.#advance.run({ $id: id, $step: step, $notes: JSON.stringify(notes) });
  }

  fail(id: number, failure: string): void {
    this.#fail.run({ $id: id, $failure: failure });
  }

  /** Notes that a step is done after which nobody needs to know any more whom it was about. */
  forget({ id, step, notes }: Pick<Erasure, 'id' | 'step' | 'notes'>): void {
    this.#forget.run({ $id: id, $step: step, $notes: JSON.stringify(notes) });
  }

  /** Deletes what was done more than 400 days ago. */
  prune(now: number): void {
    this.#prune.run(now - ERASURE_LIFE_MS);
  }

  /** Notes that all is done. */
  finish(id: number, now: number): void {
    this.#finish.run({ $id: id, $now: now, $step: erasureSteps.length - 1 });
  }
}

function fromRow(row: Row): Erasure {
  const subject = text(row, 'subject');
  return {
    id: integer(row, 'id'),
    // Only `add` writes subjects.
    subject: subject === '' ? undefined : (JSON.parse(subject) as ErasureSubject),
    kind: text(row, 'kind') as ErasureSubject['kind'],
    actor: text(row, 'actor'),
    requestedAt: integer(row, 'requested_at'),
    doneAt: optionalInteger(row, 'done_at'),
    step: integer(row, 'step'),
    failure: text(row, 'failure'),
    notes: JSON.parse(text(row, 'notes')) as string[],
  };
}
