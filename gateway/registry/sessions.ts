import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Role } from '../access/roles.ts';
import { integer, text } from './row.ts';
import { newSecret, secretHash } from './secret-text.ts';
import { UseTimes } from './use-times.ts';
import { roleOf } from './users.ts';

/** A session ends when it is not used for half a day, and after a week whatever happens. */
export const SESSION_IDLE_MS = 12 * 3600 * 1000;
export const SESSION_LIFE_MS = 7 * 24 * 3600 * 1000;
/** One person's browsers; the least used session goes when another is made. */
const SESSIONS_PER_USER = 32;

export interface Session {
  /** Names the session without being its secret. */
  hash: string;
  user: string;
  role: Role;
}

/** The table `sessions`: people who are signed in. The cookie's value is kept as its SHA-256 only. */
export class Sessions {
  readonly #add: StatementSync;
  readonly #trim: StatementSync;
  readonly #get: StatementSync;
  readonly #touch: StatementSync;
  readonly #end: StatementSync;
  readonly #prune: StatementSync;
  readonly #uses = new UseTimes();

  constructor(db: DatabaseSync) {
    this.#add = db.prepare('INSERT INTO sessions VALUES ($hash, $user, $now, $now)');
    this.#trim = db.prepare(`
      DELETE FROM sessions WHERE hash IN (
        SELECT hash FROM sessions WHERE user = ? ORDER BY used_at DESC, hash LIMIT -1 OFFSET ${SESSIONS_PER_USER - 1})`);
    this.#get = db.prepare(`
      SELECT sessions.user, users.role, sessions.created_at, sessions.used_at
      FROM sessions JOIN users ON users.name = sessions.user WHERE sessions.hash = ?`);
    this.#touch = db.prepare('UPDATE sessions SET used_at = ? WHERE hash = ?');
    this.#end = db.prepare('DELETE FROM sessions WHERE hash = ?');
    this.#prune = db.prepare('DELETE FROM sessions WHERE used_at <= ? OR created_at <= ?');
  }

  /** Begins a session of an existing user. Returns the cookie's value, which is kept nowhere. */
  begin(user: string, now: number): string {
    const secret = newSecret();
    // Which session is used least is told by what is saved.
    this.flush();
    this.#trim.run(user);
    this.#add.run({ $hash: secretHash(secret), $user: user, $now: now });
    return secret;
  }

  /** The session of a cookie's value, if it has not ended; using it keeps it alive. */
  use(secret: string, now: number): Session | undefined {
    const hash = secretHash(secret);
    const session = this.peek(hash, now);
    if (session === undefined) return undefined;
    this.#uses.note(hash, session.usedAt, now);
    return { hash, user: session.user, role: session.role };
  }

  /** The session as it is now, without keeping it alive: an open stream is no sign of a person. */
  peek(hash: string, now: number): (Session & { usedAt: number }) | undefined {
    const row = this.#get.get(hash);
    if (row === undefined) return undefined;
    const usedAt = this.#uses.last(hash, integer(row, 'used_at'));
    if (now - usedAt >= SESSION_IDLE_MS || now - integer(row, 'created_at') >= SESSION_LIFE_MS) return undefined;
    return { hash, user: text(row, 'user'), role: roleOf(row), usedAt };
  }

  end(hash: string): void {
    this.#end.run(hash);
  }

  /** Writes when sessions were used last. */
  flush(): void {
    this.#uses.save((hash, usedAt) => this.#touch.run(usedAt, hash));
  }

  /** Deletes the sessions that have ended by themselves. */
  prune(now: number): void {
    this.flush();
    this.#prune.run(now - SESSION_IDLE_MS, now - SESSION_LIFE_MS);
  }
}
