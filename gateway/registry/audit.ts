import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';
import { boundedText, textBounds } from './bounded-text.ts';
import { RepeatWindow } from './repeat-window.ts';
import { integer, type Row, text } from './row.ts';

/** Rows older than this are deleted. The law asks for six months (≥ 185 days); a yearly review needs a year and some weeks. */
export const AUDIT_LIFE_MS = 400 * 24 * 3600 * 1000;
/** Different refusals that get a row of their own within a minute; beyond, they share one per action, so that an attack cannot fill the disk. */
const REFUSALS_PER_WINDOW = 60;
/** Stands for the many in the shared row. */
const MANY = '*';

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

/** The table `audit`: every change and every refusal. Rows are only ever added, and counted up while a refusal repeats. */
export class Audit {
  readonly #now: () => number;
  readonly #add: StatementSync;
  readonly #count: StatementSync;
  readonly #list: StatementSync;
  readonly #prune: StatementSync;
  readonly #refusals = new RepeatWindow(2 * REFUSALS_PER_WINDOW);

  constructor(db: DatabaseSync, now: () => number) {
    this.#now = now;
    this.#add = db.prepare(`
      INSERT INTO audit (time, last_time, actor, address, action, target, outcome, detail, count)
      VALUES ($now, $now, $actor, $address, $action, $target, $outcome, $detail, 1)`);
    this.#count = db.prepare('UPDATE audit SET count = count + ?, last_time = ? WHERE id = ?');
    this.#list = db.prepare(`
      SELECT * FROM audit
      WHERE id < $before AND ($actor IS NULL OR actor = $actor) AND ($action IS NULL OR action = $action)
        AND ($outcome IS NULL OR outcome = $outcome)
      ORDER BY id DESC LIMIT $limit`);
    this.#prune = db.prepare('DELETE FROM audit WHERE last_time < ?');
  }

  /** Keeps a row. The same refusal again within a minute only counts up. */
  record(input: AuditInput): void {
    const now = this.#now();
    if (input.outcome === 'ok') {
      this.#insert(input, now);
      return;
    }
    const key = refusalKey(input);
    if (this.#refusals.repeat(key, now)) return;
    if (this.#refusals.openKeys(now) < REFUSALS_PER_WINDOW) {
      this.#refusals.start(key, this.#insert(input, now), now);
      return;
    }
    const shared = { ...input, actor: MANY, address: MANY, target: MANY, detail: 'further refusals, too many to list' };
    const sharedKey = refusalKey(shared);
    if (!this.#refusals.repeat(sharedKey, now)) this.#refusals.start(sharedKey, this.#insert(shared, now), now);
  }

  /** Newest first. */
  list({ before, limit, actor, action, outcome }: AuditQuery): AuditRow[] {
    this.flush();
    const columns: Record<string, SQLInputValue> = {
      $before: before ?? Number.MAX_SAFE_INTEGER,
      $limit: limit,
      $actor: actor ?? null,
      $action: action ?? null,
      $outcome: outcome ?? null,
    };
    return this.#list.all(columns).map(fromRow);
  }

  /** Writes the counts that have gathered. */
  flush(): void {
    this.#refusals.writeCounts(({ id, count, lastTime }) => this.#count.run(count, lastTime, id));
  }

  /** Deletes rows that nobody needs any more: none younger than 400 days. */
  prune(now: number): void {
    this.#prune.run(now - AUDIT_LIFE_MS);
  }

  #insert({ actor, address, action, target, outcome, detail }: AuditInput, now: number): number {
    const { lastInsertRowid } = this.#add.run({
      $now: now,
      $actor: boundedText(actor, textBounds.name),
      $address: boundedText(address, textBounds.address),
      $action: boundedText(action, textBounds.name),
      $target: boundedText(target ?? '', textBounds.topic),
      $outcome: outcome,
      $detail: boundedText(detail ?? '', textBounds.detail),
    });
    return Number(lastInsertRowid);
  }
}

function refusalKey({ actor, address, action, target, outcome }: AuditInput): string {
  return JSON.stringify([actor, address, action, target ?? '', outcome].map((part) => part.slice(0, textBounds.topic)));
}

function fromRow(row: Row): AuditRow {
  return {
    id: integer(row, 'id'),
    time: integer(row, 'time'),
    lastTime: integer(row, 'last_time'),
    actor: text(row, 'actor'),
    address: text(row, 'address'),
    action: text(row, 'action'),
    target: text(row, 'target'),
    outcome: text(row, 'outcome') === 'ok' ? 'ok' : 'refused',
    detail: text(row, 'detail'),
    count: integer(row, 'count'),
  };
}
