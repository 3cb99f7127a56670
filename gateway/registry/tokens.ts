import { randomBytes } from 'node:crypto';
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Role } from '../access/roles.ts';
import { isTokenScope, type TokenScope } from '../access/token-scopes.ts';
import { integer, optionalInteger, type Row, text } from './row.ts';
import { newSecret, secretHash } from './secret-text.ts';
import { UseTimes } from './use-times.ts';
import { roleOf } from './users.ts';

/** Every token begins with this, so that a scanner finds one that leaked into a file. */
export const TOKEN_PREFIX = 'cet_';

const DAY_MS = 24 * 3600 * 1000;
/** A token ends after a year unless told: one that was forgotten somewhere does not open the door for ever. */
export const TOKEN_LIFE_DEFAULT_MS = 365 * DAY_MS;
/** Two years at most: whoever made it has to look at it once in that time. */
export const TOKEN_LIFE_MAX_MS = 2 * 365 * DAY_MS;
/** A token that has ended stays in the list for this long, so that somebody sees why a program is refused. */
export const TOKEN_ENDED_SHOWN_MS = 30 * DAY_MS;

export interface Token {
  id: string;
  name: string;
  role: Role;
  /** ms */
  createdAt: number;
  createdBy: string;
  usedAt: number | undefined;
  /** ms; undefined for one that was made before every token ended. */
  expiresAt: number | undefined;
  /** What it is narrowed to; empty where it may whatever its role may. */
  scopes: readonly TokenScope[];
  /** True for a token of the command line, which acts for `createdBy`. */
  standsIn: boolean;
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
    this.#add = db.prepare(`
      INSERT INTO tokens (id, name, role, hash, created_at, created_by, expires_at, scopes, stands_in)
      VALUES ($id, $name, $role, $hash, $now, $createdBy, $expiresAt, $scopes, $standsIn) ON CONFLICT (name) DO NOTHING`);
    this.#byHash = db.prepare('SELECT * FROM tokens WHERE hash = ?');
    this.#byId = db.prepare('SELECT * FROM tokens WHERE id = ?');
    this.#list = db.prepare('SELECT * FROM tokens ORDER BY created_at, id');
    this.#touch = db.prepare('UPDATE tokens SET used_at = ? WHERE id = ?');
    this.#remove = db.prepare('DELETE FROM tokens WHERE id = ?');
    this.#renameMaker = db.prepare('UPDATE tokens SET created_by = ? WHERE created_by = ?');
    this.#prune = db.prepare('DELETE FROM tokens WHERE expires_at <= iif(stands_in, $now, $now - $shown)');
  }

  /** Makes a token; its secret is returned this once. Undefined when the name is taken. Without a name it is called by its id. */
  add(input: {
    name?: string | undefined;
    role: Role;
    createdBy: string;
    now: number;
    /** When it ends, ms; in a year unless told. */
    expiresAt?: number;
    scopes?: readonly TokenScope[];
    standsIn?: boolean;
  }): (Token & { secret: string }) | undefined {
    const id = `t-${randomBytes(6).toString('hex')}`;
    const secret = `${TOKEN_PREFIX}${newSecret()}`;
    const { name = id, role, createdBy, now, scopes = [], standsIn = false } = input;
    const { expiresAt = now + TOKEN_LIFE_DEFAULT_MS } = input;
    const added = this.#add.run({
      $id: id,
      $name: name,
      $role: role,
      $hash: secretHash(secret),
      $createdBy: createdBy,
      $now: now,
      $expiresAt: expiresAt,
      $scopes: scopes.join(' '),
      $standsIn: Number(standsIn),
    });
    if (Number(added.changes) === 0) return undefined;
    return { id, name, role, createdAt: now, createdBy, usedAt: undefined, expiresAt, scopes, standsIn, secret };
  }

  /** The token with this secret; undefined when there is none. One that has ended comes as `ended` and counts as no use. */
  find(secret: string, now: number): { token: Token; ended: boolean } | undefined {
    const row = this.#byHash.get(secretHash(secret));
    if (row === undefined) return undefined;
    const token = fromRow(row);
    const ended = hasEnded(token, now);
    if (!ended) this.#uses.note(token.id, this.#uses.last(token.id, token.usedAt ?? 0), now);
    return { token, ended };
  }

  /** The token with this secret, if there is one that has not ended. */
  use(secret: string, now: number): Token | undefined {
    const found = this.find(secret, now);
    return found === undefined || found.ended ? undefined : found.token;
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

  /** Deletes the tokens that have ended: stand-ins at once, the others a month later. */
  prune(now: number): void {
    this.#prune.run({ $now: now, $shown: TOKEN_ENDED_SHOWN_MS });
  }

  /** False when there is no such token. */
  remove(id: string): boolean {
    return Number(this.#remove.run(id).changes) > 0;
  }
}

/** What the audit log says of a token that is made or revoked. */
export function tokenDetail({ name, role, scopes, expiresAt }: Token): string {
  const narrowed = scopes.length === 0 ? '' : `, scopes ${scopes.join(' ')}`;
  const end = expiresAt === undefined ? '' : `, until ${new Date(expiresAt).toISOString()}`;
  return `name ${name}, role ${role}${narrowed}${end}`;
}

/** True when a token's time is over. */
export function hasEnded({ expiresAt }: Pick<Token, 'expiresAt'>, now: number): boolean {
  return expiresAt !== undefined && expiresAt <= now;
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
    scopes: text(row, 'scopes').split(' ').filter(isTokenScope),
    standsIn: integer(row, 'stands_in') === 1,
  };
}
