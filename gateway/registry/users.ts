import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { isRole, type Role } from '../access/roles.ts';
import { integer, type Row, text } from './row.ts';

export interface User {
  name: string;
  role: Role;
  /** ms; `changedAt` is when the password was set. */
  createdAt: number;
  changedAt: number;
}

/** A role column, which holds nothing but roles. */
export function roleOf(row: Row): Role {
  const value = text(row, 'role');
  if (isRole(value)) return value;
  throw new TypeError(`column role: expected a role, got ${value}`);
}

/** The table `users`: the people who may sign in. */
export class Users {
  readonly #get: StatementSync;
  readonly #hash: StatementSync;
  readonly #list: StatementSync;
  readonly #add: StatementSync;
  readonly #setHash: StatementSync;
  readonly #remove: StatementSync;
  readonly #endSessions: StatementSync;
  readonly #admins: StatementSync;

  constructor(db: DatabaseSync) {
    this.#get = db.prepare('SELECT * FROM users WHERE name = ?');
    this.#hash = db.prepare('SELECT hash FROM users WHERE name = ?');
    this.#list = db.prepare('SELECT * FROM users ORDER BY name');
    this.#add = db.prepare('INSERT INTO users VALUES ($name, $role, $hash, $now, $now) ON CONFLICT DO NOTHING');
    this.#setHash = db.prepare('UPDATE users SET hash = $hash, changed_at = $now WHERE name = $name');
    // One statement, so that two processes that remove two admins at once leave one.
    this.#remove = db.prepare(`
      DELETE FROM users WHERE name = $name
        AND (role <> 'admin' OR (SELECT count(*) FROM users WHERE role = 'admin') > 1)`);
    this.#endSessions = db.prepare('DELETE FROM sessions WHERE user = ?');
    this.#admins = db.prepare("SELECT count(*) AS admins FROM users WHERE role = 'admin'");
  }

  get(name: string): User | undefined {
    const row = this.#get.get(name);
    return row === undefined ? undefined : fromRow(row);
  }

  hash(name: string): string | undefined {
    const row = this.#hash.get(name);
    return row === undefined ? undefined : text(row, 'hash');
  }

  list(): User[] {
    return this.#list.all().map(fromRow);
  }

  hasAdmin(): boolean {
    return integer(this.#admins.get() ?? {}, 'admins') > 0;
  }

  /** False when the name is taken. */
  add({ name, role, hash, now }: { name: string; role: Role; hash: string; now: number }): boolean {
    return Number(this.#add.run({ $name: name, $role: role, $hash: hash, $now: now }).changes) > 0;
  }

  /** Sets a password and ends the user's sessions: whoever knew the old one is out. False when there is no such user. */
  setHash(name: string, hash: string, now: number): boolean {
    this.#endSessions.run(name);
    return Number(this.#setHash.run({ $name: name, $hash: hash, $now: now }).changes) > 0;
  }

  /** Removes a user and, by the foreign key, the sessions. False when there is no such user or it is the last admin. */
  remove(name: string): boolean {
    return Number(this.#remove.run({ $name: name }).changes) > 0;
  }
}

function fromRow(row: Row): User {
  return {
    name: text(row, 'name'),
    role: roleOf(row),
    createdAt: integer(row, 'created_at'),
    changedAt: integer(row, 'changed_at'),
  };
}
