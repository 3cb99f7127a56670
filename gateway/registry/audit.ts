import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';
import { type ChainedRow, type ChainPlace, chainedRow, rowHash } from './audit-chain.ts';
import { AuditNames } from './audit-names.ts';
import { boundedText, textBounds } from './bounded-text.ts';
import { RefusalCounts } from './refusal-counts.ts';
import type { RepeatCount } from './repeat-window.ts';
import { integer, optionalInteger, type Row, text } from './row.ts';
import { inTransaction } from './transaction.ts';

const DAY_MS = 24 * 3600 * 1000;
/** Rows older than this are deleted. The law asks for six months (≥ 185 days); a yearly review needs a year and some weeks. */
export const AUDIT_LIFE_MS = 400 * DAY_MS;
/** Rows are deleted a day's worth at a time, for each deletion is a row itself. */
const PRUNE_EVERY_MS = DAY_MS;

export interface AuditInput {
  /** Who: `user:NAME`, `token:NAME`, `device:SITE/DEVICE`, `cli:OS-USER`, or the name that was tried. */
  actor: string;
  /** IP address, or `local` for the command line. */
  address: string;
  /** What, as noun and verb: `device.add`. */
  action: string;
  /** To what; empty when the action says it all. */
  target?: string;
  outcome: 'ok' | 'refused';
  detail?: string;
}

export interface AuditRow extends Required<AuditInput> {
  id: number;
  /** The actor as the chain has it, which tells masked names apart. */
  actorId: string;
  /** ms; of the first, where `count` is more than one. */
  time: number;
  lastTime: number;
  count: number;
}

export interface AuditQuery {
  /** Rows older than this id. */
  before?: number | undefined;
  limit: number;
  actor?: string | undefined;
  action?: string | undefined;
  outcome?: 'ok' | 'refused' | undefined;
}

/** A row as it is chained, with its hash. */
export type HashedRow = ChainedRow & { hash: string };

/**
 * The table `audit`: every change and every refusal. Rows are only ever added, each chained to the one before by its hash; repeats of a
 * refusal are counted in a row that points to the first.
 */
export class Audit {
  readonly names: AuditNames;
  readonly #db: DatabaseSync;
  readonly #now: () => number;
  readonly #head: StatementSync;
  readonly #anchor: StatementSync;
  readonly #add: StatementSync;
  readonly #get: StatementSync;
  readonly #list: StatementSync;
  readonly #count: StatementSync;
  readonly #after: StatementSync;
  readonly #firstSince: StatementSync;
  readonly #prune: StatementSync;
  readonly #refusals = new RefusalCounts();

  constructor(db: DatabaseSync, now: () => number) {
    this.#db = db;
    this.#now = now;
    this.names = new AuditNames(db);
    this.#head = db.prepare('SELECT id, hash FROM audit_head');
    this.#anchor = db.prepare('SELECT id, hash FROM audit_anchor');
    this.#add = db.prepare(`
      INSERT INTO audit (id, time, last_time, actor, address, action, target, outcome, detail, count, repeats, hash)
      VALUES ($id, $time, $lastTime, $actor, $address, $action, $target, $outcome, $detail, $count, $repeats, $hash)`);
    const withRepeats = `
      SELECT audit.*, (SELECT sum(count) FROM audit AS again WHERE again.repeats = audit.id) AS repeated,
        (SELECT max(last_time) FROM audit AS again WHERE again.repeats = audit.id) AS repeated_last
      FROM audit`;
    this.#get = db.prepare(`${withRepeats} WHERE id = ?`);
    this.#list = db.prepare(`
      ${withRepeats}
      WHERE repeats IS NULL AND id < $before AND ($actor IS NULL OR actor = $actor) AND ($action IS NULL OR action = $action)
        AND ($outcome IS NULL OR outcome = $outcome)
      ORDER BY id DESC LIMIT $limit`);
    this.#count = db.prepare(
      "SELECT count(*) AS rows FROM audit WHERE action = ? AND outcome = 'ok' AND repeats IS NULL",
    );
    this.#after = db.prepare('SELECT * FROM audit WHERE id > ? ORDER BY id LIMIT ?');
    this.#firstSince = db.prepare('SELECT min(id) AS id FROM audit WHERE last_time >= ?');
    this.#prune = db.prepare('DELETE FROM audit WHERE id < ?');
  }

  /** Keeps a row. The same refusal again within a minute only counts up, as do those beyond the budget. */
  record(input: AuditInput): void {
    const now = this.#now();
    if (input.outcome === 'ok') this.#insert(input, now);
    else this.#refusals.record(input, now, (row) => this.#insert(row, now));
  }

  /** Newest first, with the names that are still known. */
  list({ before, limit, actor, action, outcome }: AuditQuery): AuditRow[] {
    const kept = actor === undefined ? null : this.names.find(actor);
    if (kept === undefined) return [];
    const columns: Record<string, SQLInputValue> = {
      $before: before ?? Number.MAX_SAFE_INTEGER,
      $limit: limit,
      $actor: kept,
      $action: action ?? null,
      $outcome: outcome ?? null,
    };
    return this.#list.all(columns).map((row) => this.#shown(row));
  }

  /** How often something was done, as far back as the log goes. */
  count(action: string): number {
    return integer(this.#count.get(action) ?? {}, 'rows');
  }

  get(id: number): AuditRow | undefined {
    const row = this.#get.get(id);
    return row === undefined ? undefined : this.#shown(row);
  }

  /** Rows as they are chained, oldest first, beginning after an id. */
  after(id: number, limit: number): HashedRow[] {
    return this.#after.all(id, limit).map((row) => ({ ...chainedRow(row), hash: text(row, 'hash') }));
  }

  /** The newest row. */
  head(): ChainPlace {
    return placeIn(this.#head.get());
  }

  /** The youngest row that was deleted because its time was over. */
  anchor(): ChainPlace {
    return placeIn(this.#anchor.get());
  }

  /** Writes the counts that have gathered for a minute, those of shared rows for an hour, or, at the end, all of them. */
  flush(all = false): void {
    this.#refusals.writeCounts((count) => this.#appendRepeats(count), this.#now(), all);
  }

  /** Deletes rows that nobody needs any more, none younger than 400 days, and keeps a row about that. */
  prune(now: number): void {
    const anchor = this.anchor();
    const [oldest] = this.after(anchor.id, 1);
    const cutoff = now - AUDIT_LIFE_MS;
    if (oldest === undefined || oldest.lastTime >= cutoff - PRUNE_EVERY_MS) return;
    inTransaction(this.#db, () => {
      const kept = optionalInteger(this.#firstSince.get(cutoff) ?? {}, 'id') ?? this.head().id + 1;
      const last = this.#rowAt(kept - 1);
      this.#insert(
        {
          ...{ actor: 'gateway', address: 'local', action: 'audit.prune', outcome: 'ok' },
          ...{ target: `${anchor.id + 1}-${last.id}`, detail: last.hash },
        },
        now,
      );
      this.#prune.run(kept);
      this.names.prune(last.id);
    });
  }

  #insert({ actor, address, action, target, outcome, detail }: AuditInput, now: number): number {
    return this.#append((id) => {
      const naming = {
        actor: boundedText(actor, textBounds.name),
        action: boundedText(action, textBounds.name),
        target: boundedText(target ?? '', textBounds.topic),
        detail: boundedText(detail ?? '', textBounds.detail),
      };
      return {
        ...{ time: now, lastTime: now, action: naming.action, outcome, count: 1, repeats: undefined },
        address: boundedText(address, textBounds.address),
        ...this.names.hide(naming, id),
      };
    });
  }

  #appendRepeats({ id: repeats, count, since, lastTime }: RepeatCount): void {
    const { id: _id, hash: _hash, ...first } = this.#rowAt(repeats);
    this.#append(() => ({ ...first, time: since, lastTime, count, repeats }));
  }

  /** Adds a row at the end of the chain, whichever process added the one before. */
  #append(content: (id: number) => Omit<ChainedRow, 'id'>): number {
    const add = (): number => {
      const head = this.head();
      const row: ChainedRow = { id: head.id + 1, ...content(head.id + 1) };
      const { id, time, lastTime, actor, address, action, target, outcome, detail, count, repeats } = row;
      this.#add.run({
        ...{ $id: id, $time: time, $lastTime: lastTime, $actor: actor, $address: address, $action: action },
        ...{ $target: target, $outcome: outcome, $detail: detail, $count: count, $repeats: repeats ?? null },
        $hash: rowHash(head.hash, row),
      });
      return id;
    };
    return this.#db.isTransaction ? add() : inTransaction(this.#db, add);
  }

  #rowAt(id: number): HashedRow {
    const [row] = this.after(id - 1, 1);
    if (row?.id === id) return row;
    throw new TypeError(`audit: expected row ${id}, which is not there`);
  }

  #shown(row: Row): AuditRow {
    const { repeats: _repeats, outcome, ...chained } = chainedRow(row);
    const pending = this.#refusals.pending(chained.id);
    return {
      ...chained,
      actor: this.names.show(chained.actor),
      actorId: chained.actor,
      target: this.names.show(chained.target),
      detail: this.names.show(chained.detail),
      outcome: outcome === 'ok' ? 'ok' : 'refused',
      count: chained.count + (optionalInteger(row, 'repeated') ?? 0) + (pending?.count ?? 0),
      lastTime: Math.max(chained.lastTime, optionalInteger(row, 'repeated_last') ?? 0, pending?.lastTime ?? 0),
    };
  }
}

function placeIn(row: Row | undefined): ChainPlace {
  return { id: integer(row ?? {}, 'id'), hash: text(row ?? {}, 'hash') };
}
