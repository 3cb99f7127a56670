import { randomBytes } from 'node:crypto';
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { integer, optionalInteger, optionalText, type Row, text } from './row.ts';
import { secretHash } from './secret-text.ts';

/** A token that was used or has expired is told apart from one that never was for this long. */
export const JOIN_TOKEN_REMEMBERED_MS = 30 * 24 * 3600 * 1000;

export interface JoinToken {
  id: string;
  /** The only device that may join with it; any new one where it is undefined. */
  device: string | undefined;
  /** ms */
  createdAt: number;
  createdBy: string;
  expiresAt: number;
  usedAt: number | undefined;
  /** The device that joined with it, `{site}/{device}`. */
  usedBy: string | undefined;
}

/** The table `join_tokens`. A token's secret is kept as its SHA-256 only. */
export class JoinTokens {
  readonly #add: StatementSync;
  readonly #byHash: StatementSync;
  readonly #list: StatementSync;
  readonly #use: StatementSync;
  readonly #remove: StatementSync;
  readonly #renameMaker: StatementSync;
  readonly #erase: StatementSync;
  readonly #prune: StatementSync;

  constructor(db: DatabaseSync) {
    this.#add = db.prepare(
      'INSERT INTO join_tokens VALUES ($id, $hash, $device, $now, $createdBy, $expiresAt, NULL, NULL)',
    );
    this.#byHash = db.prepare('SELECT * FROM join_tokens WHERE hash = ?');
    this.#list = db.prepare('SELECT * FROM join_tokens ORDER BY created_at, id');
    this.#use = db.prepare(
      'UPDATE join_tokens SET used_at = $now, used_by = $usedBy WHERE id = $id AND used_at IS NULL AND expires_at > $now',
    );
    this.#remove = db.prepare('DELETE FROM join_tokens WHERE id = ? AND used_at IS NULL');
    this.#renameMaker = db.prepare('UPDATE join_tokens SET created_by = ? WHERE created_by = ?');
    this.#erase = db.prepare('DELETE FROM join_tokens WHERE used_by = ? OR device = ?');
    this.#prune = db.prepare('DELETE FROM join_tokens WHERE max(expires_at, coalesce(used_at, 0)) <= ?');
  }

  /** Keeps a token. @param secret 128 random bits or more, kept as their hash */
  add(input: {
    secret: string;
    device: string | undefined;
    createdBy: string;
    now: number;
    expiresAt: number;
  }): JoinToken {
    const { secret, device, createdBy, now, expiresAt } = input;
    const id = `j-${randomBytes(6).toString('hex')}`;
    this.#add.run({
      $id: id,
      $hash: secretHash(secret),
      $device: device ?? null,
      $now: now,
      $createdBy: createdBy,
      $expiresAt: expiresAt,
    });
    return { id, device, createdAt: now, createdBy, expiresAt, usedAt: undefined, usedBy: undefined };
  }

  /** The token with this secret, used and expired ones too. */
  find(secret: string): JoinToken | undefined {
    const row = this.#byHash.get(secretHash(secret));
    return row === undefined ? undefined : fromRow(row);
  }

  /** Uses a token up. False when it was used before, or has expired. */
  use(id: string, usedBy: string, now: number): boolean {
    return Number(this.#use.run({ $id: id, $usedBy: usedBy, $now: now }).changes) > 0;
  }

  /** By age. */
  list(): JoinToken[] {
    return this.#list.all().map(fromRow);
  }

  /** Takes an unused token back. False when there is none of this id. */
  remove(id: string): boolean {
    return Number(this.#remove.run(id).changes) > 0;
  }

  /** Calls who made tokens by another name. */
  renameMaker(from: string, to: string): void {
    this.#renameMaker.run(to, from);
  }

  /** Deletes the tokens that name a device: those made for it, and the one that it joined with. */
  erase(site: string, device: string): void {
    this.#erase.run(`${site}/${device}`, device);
  }

  /** Deletes tokens that were used or expired long ago. */
  prune(now: number): void {
    this.#prune.run(now - JOIN_TOKEN_REMEMBERED_MS);
  }
}

function fromRow(row: Row): JoinToken {
  return {
    id: text(row, 'id'),
    device: optionalText(row, 'device'),
    createdAt: integer(row, 'created_at'),
    createdBy: text(row, 'created_by'),
    expiresAt: integer(row, 'expires_at'),
    usedAt: optionalInteger(row, 'used_at'),
    usedBy: optionalText(row, 'used_by'),
  };
}
