import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { integer, optionalInteger, optionalText, type Row, text } from './row.ts';

/** Who an MQTT account is for. */
export type AccountOwner = { kind: 'device'; site: string; device: string } | { kind: 'flows'; site: string };

export interface Credential {
  username: string;
  owner: AccountOwner;
  /** As `password-hash.ts` encodes it; empty once revoked, and of a device that shows a certificate in place of a password. */
  hash: string;
  /** Grows with every change of this account. */
  version: number;
  /** ms */
  createdAt: number;
  revokedAt: number | undefined;
}

/** The MQTT user name of an account: `{site}/{device}`, and `{site}/flows` for the flows process. */
export function usernameOf(owner: AccountOwner): string {
  return `${owner.site}/${owner.kind === 'device' ? owner.device : 'flows'}`;
}

/** The table `credentials`: the MQTT accounts. */
export class Credentials {
  readonly #get: StatementSync;
  readonly #put: StatementSync;
  readonly #revoke: StatementSync;
  readonly #erase: StatementSync;
  readonly #list: StatementSync;
  readonly #revoked: StatementSync;
  readonly #revision: StatementSync;

  constructor(db: DatabaseSync) {
    this.#get = db.prepare('SELECT * FROM credentials WHERE username = ?');
    this.#put = db.prepare(`
      INSERT INTO credentials (username, kind, site, device, hash, version, created_at, changed_at)
      VALUES ($username, $kind, $site, $device, $hash, 1, $now, $now)
      ON CONFLICT (username) DO UPDATE
        SET hash = excluded.hash, version = version + 1, changed_at = excluded.changed_at, revoked_at = NULL
        WHERE $replace = 1 OR revoked_at IS NOT NULL`);
    this.#revoke = db.prepare(`
      UPDATE credentials SET hash = '', version = version + 1, changed_at = $now, revoked_at = $now
      WHERE username = $username AND revoked_at IS NULL`);
    this.#erase = db.prepare('DELETE FROM credentials WHERE username = ? AND revoked_at IS NOT NULL');
    this.#list = db.prepare("SELECT * FROM credentials WHERE kind = 'device' ORDER BY site, device");
    this.#revoked = db.prepare("SELECT username FROM credentials WHERE kind = 'device' AND revoked_at IS NOT NULL");
    this.#revision = db.prepare("SELECT value FROM revisions WHERE name = 'credentials'");
  }

  get(username: string): Credential | undefined {
    const row = this.#get.get(username);
    return row === undefined ? undefined : fromRow(row);
  }

  /** Gives an account its secret. False when it has one already and `replace` is not asked for. A revoked account starts anew. */
  put(owner: AccountOwner, { hash, replace, now }: { hash: string; replace: boolean; now: number }): boolean {
    const { changes } = this.#put.run({
      $username: usernameOf(owner),
      $kind: owner.kind,
      $site: owner.site,
      $device: owner.kind === 'device' ? owner.device : null,
      $hash: hash,
      $now: now,
      $replace: Number(replace),
    });
    return Number(changes) > 0;
  }

  /** Takes an account's secret away. False when there is no such account or it is revoked already. */
  revoke(username: string, now: number): boolean {
    return Number(this.#revoke.run({ $username: username, $now: now }).changes) > 0;
  }

  /** Deletes an account that is revoked, and whose connections have ended by that. */
  erase(username: string): void {
    this.#erase.run(username);
  }

  /** The accounts of devices, revoked ones too, by site and id. */
  devices(): Credential[] {
    return this.#list.all().map(fromRow);
  }

  /** User names of the revoked devices. */
  revokedDevices(): Set<string> {
    return new Set(this.#revoked.all().map((row) => text(row, 'username')));
  }

  /** A number that grows whenever an account changes, whichever process changed it. Costs a few µs. */
  revision(): number {
    return integer(this.#revision.get() ?? {}, 'value');
  }
}

function fromRow(row: Row): Credential {
  const site = text(row, 'site');
  const device = optionalText(row, 'device');
  return {
    username: text(row, 'username'),
    owner: device === undefined ? { kind: 'flows', site } : { kind: 'device', site, device },
    hash: text(row, 'hash'),
    version: integer(row, 'version'),
    createdAt: integer(row, 'created_at'),
    revokedAt: optionalInteger(row, 'revoked_at'),
  };
}
