import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { RevokedCertificate } from '../../runtime/x509/jobs.ts';
import { integer, text } from './row.ts';

/** A revoked certificate stays on the list for this long after its end: it has to stand on one that was made after it (RFC 5280 §3.3). */
export const LISTED_AFTER_END_MS = 30 * 24 * 3600 * 1000;

/** Triggers note what takes a certificate back, whichever process does it: this account has a later version, or is gone. */
export const issuedCertificatesTable = `
  CREATE TABLE issued_certificates (
    serial TEXT PRIMARY KEY, username TEXT NOT NULL, version INTEGER NOT NULL, expires_at INTEGER NOT NULL, revoked_at INTEGER
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX issued_certificates_by_account ON issued_certificates (username);
  CREATE TRIGGER credentials_renewed AFTER UPDATE OF version ON credentials BEGIN
    UPDATE issued_certificates SET revoked_at = NEW.changed_at
    WHERE username = NEW.username AND version < NEW.version AND revoked_at IS NULL;
  END;
  -- A number alone is nobody's name.
  CREATE TRIGGER credentials_erased AFTER DELETE ON credentials BEGIN
    UPDATE issued_certificates SET username = '', revoked_at = coalesce(revoked_at, OLD.changed_at)
    WHERE username = OLD.username;
  END;
`;

export interface IssuedCertificate {
  /** Hexadecimal. */
  serial: string;
  /** Whose it is, `{site}/{device}`, and which version of the account it was made for. */
  username: string;
  version: number;
  /** ms */
  expiresAt: number;
}

/**
 * The table `issued_certificates`: the numbers of certificates that devices got. The gateway itself looks a device up by its account; those
 * who cannot, such as another broker of the school, are told by a list of numbers.
 */
export class IssuedCertificates {
  readonly #add: StatementSync;
  readonly #revoked: StatementSync;
  readonly #revision: StatementSync;
  readonly #prune: StatementSync;

  constructor(db: DatabaseSync) {
    // The account may have been changed while the certificate was made.
    this.#add = db.prepare(`
      INSERT INTO issued_certificates VALUES ($serial, $username, $version, $expiresAt,
        iif(EXISTS (SELECT 1 FROM credentials WHERE username = $username AND version = $version), NULL, $now))`);
    this.#revoked = db.prepare(
      'SELECT serial, revoked_at FROM issued_certificates WHERE revoked_at IS NOT NULL ORDER BY revoked_at, serial',
    );
    this.#revision = db.prepare(
      'SELECT count(*) AS rows, coalesce(max(revoked_at), 0) AS last FROM issued_certificates WHERE revoked_at IS NOT NULL',
    );
    this.#prune = db.prepare('DELETE FROM issued_certificates WHERE expires_at < ?');
  }

  /** @param now ms */
  add({ serial, username, version, expiresAt }: IssuedCertificate, now: number): void {
    this.#add.run({
      ...{ $serial: serial.toLowerCase(), $username: username, $version: version },
      ...{ $expiresAt: expiresAt, $now: now },
    });
  }

  /** Those that were taken back, the first ones first. */
  revoked(): RevokedCertificate[] {
    return this.#revoked.all().map((row) => ({ serial: text(row, 'serial'), revokedAt: integer(row, 'revoked_at') }));
  }

  /** Changes whenever `revoked` does. */
  revision(): string {
    const row = this.#revision.get() ?? {};
    return `${integer(row, 'rows')} ${integer(row, 'last')}`;
  }

  /** Forgets certificates that ended so long ago that no list needs them. */
  prune(now: number): void {
    this.#prune.run(now - LISTED_AFTER_END_MS);
  }
}
