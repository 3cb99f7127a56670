import { randomBytes } from 'node:crypto';
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Role } from '../access/roles.ts';
import { integer, optionalInteger, type Row, text } from './row.ts';
import { newSecret, secretHash } from './secret-text.ts';
import { UseTimes } from './use-times.ts';
import { roleOf } from './users.ts';

/** Every token begins with this, so that a scanner finds one that leaked into a file. */
export const TOKEN_PREFIX = 'cet_';

export interface Token {
  id: string;
  name: string;
  role: Role;
  /** ms */
  createdAt: number;
  createdBy: string;
  usedAt: number | undefined;
  /** ms; of a token that stands in for `createdBy` for a while. */
  expiresAt: number | undefined;
}

/** The table `tokens`: programs that may use the API. A token is kept as its SHA-256 only. */
export class Tokens {
  readonly #add: StatementSync;
  readonly #byHash: StatementSync;
  readonly #byId: StatementSync;
  readonly #list: StatementSync;
  readonly #touch: StatementSync;
  readonly #remove: StatementSync;
  readonly #renameMaker: StatementSync;
  readonly #prune: StatementSync;
  readonly #uses = new UseTimes();

  constructor(db: DatabaseSync) {
    this.#add = db.prepare(
      'INSERT INTO tokens VALUES ($id, $name, $role, $hash, $now, $createdBy, NULL, $expiresAt) ON CONFLICT (name) DO NOTHING',
    );
    this.#byHash = db.prepare('SELECT * FROM tokens WHERE hash = ? AND coalesce(expires_at > ?, 1)');
    this.#byId = db.prepare('SELECT * FROM tokens WHERE id = ?');
    this.#list = db.prepare('SELECT * FROM tokens ORDER BY created_at, id');
    this.#touch = db.prepare('UPDATE tokens SET used_at = ? WHERE id = ?');
    this.#remove = db.prepare('DELETE FROM tokens WHERE id = ?');
    this.#renameMaker = db.prepare('UPDATE tokens SET created_by = ? WHERE created_by = ?');
    this.#prune = db.prepare('DELETE FROM tokens WHERE expires_at <= ?');
  }

  /** Makes a token; its secret is returned this once. Undefined when the name is taken. Without a name it is called by its id. */
  add(input: {
    name?: string | undefined;
    role: Role;
    createdBy: string;
    now: number;
    /** When it ends, ms; never unless told. */
    expiresAt?: number;
  }): (Token & { secret: string }) | undefined {
    const id = `t-${randomBytes(6).toString('hex')}`;
    const secret = `${TOKEN_PREFIX}${newSecret()}`;
    const { name = id, role, createdBy, now, expiresAt } = input;
    const added = this.#add.run({
      $id: id,
      $name: name,
      $role: role,
      $hash: secretHash(secret),
      $createdBy: createdBy,
      $now: now,
      $expiresAt: expiresAt ?? null,
    });
    if (Number(added.changes) === 0) return undefined;
    return { id, name, role, createdAt: now, createdBy, usedAt: undefined, expiresAt, secret };
  }

  /** The token with this secret, if there is one that has not ended. */
  use(secret: string, now: number): Token | undefined {
    const row = this.#byHash.get(secretHash(secret), now);
    if (row === undefined) return undefined;
    const token = fromRow(row);
    this.#uses.note(token.id, this.#uses.last(token.id, token.usedAt ?? 0), now);
    return token;
  }

  get(id: string): Token | undefined {
    const row = this.#byId.get(id);
    return row === undefined ? undefined : fromRow(row);
  }

  list(): Token[] {
    this.flush();
    return this.#list.all().map(fromRow);
  }

  /** Writes when tokens were used last. */
  flush(): void {
    this.#uses.save((id, usedAt) => this.#touch.run(usedAt, id));
  }

  /** Calls who made tokens by another name. */
  renameMaker(from: string, to: string): void {
    this.#renameMaker.run(to, from);
  }

  /** Deletes the tokens that have ended. */
  prune(now: number): void {
    this.#prune.run(now);
  }

  /** False when there is no such token. */
  remove(id: string): boolean {
    return Number(this.#remove.run(id).changes) > 0;
  }
}

function fromRow(row: Row): Token {
  return {
    id: text(row, 'id'),
    name: text(row, 'name'),
    role: roleOf(row),
    createdAt: integer(row, 'created_at'),
    createdBy: text(row, 'created_by'),
    usedAt: optionalInteger(row, 'used_at'),
    expiresAt: optionalInteger(row, 'expires_at'),
  };
}
