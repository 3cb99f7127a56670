import type { DatabaseSync } from 'node:sqlite';
import { CampusError } from '../../contract/errors.ts';
import { chainAudit } from './audit-schema.ts';
import { commandsTable } from './command-table.ts';
import { erasuresTable } from './erasure-table.ts';
import { issuedCertificatesTable } from './issued-certificates.ts';
import { integer } from './row.ts';
import { inTransaction } from './transaction.ts';

/** Times are ms since 1970. A migration that has been released is never edited: add the next one. */
const migrations: readonly (string | ((db: DatabaseSync) => void))[] = [
  `
  CREATE TABLE devices (
    site TEXT NOT NULL, device TEXT NOT NULL, first_seen INTEGER NOT NULL, last_seen INTEGER NOT NULL,
    online INTEGER NOT NULL, since INTEGER NOT NULL,
    state_online INTEGER, state_since INTEGER, state_boot TEXT, state_version TEXT, state_planned INTEGER,
    PRIMARY KEY (site, device)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE inventories (
    site TEXT NOT NULL, device TEXT NOT NULL, received_at INTEGER NOT NULL, body TEXT NOT NULL,
    PRIMARY KEY (site, device)
  ) STRICT;

  -- A row is never deleted: its version only grows, so that a connection made by an older credential is always told apart.
  CREATE TABLE credentials (
    username TEXT PRIMARY KEY, kind TEXT NOT NULL, site TEXT NOT NULL, device TEXT, hash TEXT NOT NULL,
    version INTEGER NOT NULL, created_at INTEGER NOT NULL, changed_at INTEGER NOT NULL, revoked_at INTEGER
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE revisions (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  INSERT INTO revisions VALUES ('credentials', 1), ('checkpoints', 0);
  CREATE TRIGGER credentials_added AFTER INSERT ON credentials
    BEGIN UPDATE revisions SET value = value + 1 WHERE name = 'credentials'; END;
  CREATE TRIGGER credentials_changed AFTER UPDATE ON credentials
    BEGIN UPDATE revisions SET value = value + 1 WHERE name = 'credentials'; END;

  CREATE TABLE users (
    name TEXT PRIMARY KEY, role TEXT NOT NULL, hash TEXT NOT NULL, created_at INTEGER NOT NULL, changed_at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE sessions (
    hash TEXT PRIMARY KEY, user TEXT NOT NULL REFERENCES users (name) ON DELETE CASCADE,
    created_at INTEGER NOT NULL, used_at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX sessions_by_user ON sessions (user, used_at);

  CREATE TABLE tokens (
    id TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE, role TEXT NOT NULL, hash TEXT NOT NULL UNIQUE,
    created_at INTEGER NOT NULL, created_by TEXT NOT NULL, used_at INTEGER
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE audit (
    id INTEGER PRIMARY KEY AUTOINCREMENT, time INTEGER NOT NULL, last_time INTEGER NOT NULL, actor TEXT NOT NULL,
    address TEXT NOT NULL, action TEXT NOT NULL, target TEXT NOT NULL, outcome TEXT NOT NULL, detail TEXT NOT NULL,
    count INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX audit_by_time ON audit (last_time);

  CREATE TABLE rejects (
    id INTEGER PRIMARY KEY AUTOINCREMENT, time INTEGER NOT NULL, last_time INTEGER NOT NULL, site TEXT, device TEXT,
    topic TEXT, code TEXT NOT NULL, detail TEXT NOT NULL, sample TEXT, count INTEGER NOT NULL
  ) STRICT;

  CREATE TABLE events (
    id INTEGER PRIMARY KEY AUTOINCREMENT, received_at INTEGER NOT NULL, site TEXT NOT NULL, device TEXT NOT NULL,
    boot TEXT, seq INTEGER, body TEXT NOT NULL
  ) STRICT;
  CREATE UNIQUE INDEX events_once ON events (site, device, boot, seq) WHERE boot IS NOT NULL AND seq IS NOT NULL;
  CREATE INDEX events_by_time ON events (received_at);

  CREATE TABLE alerts (
    id TEXT PRIMARY KEY, site TEXT NOT NULL, device TEXT NOT NULL, rule TEXT NOT NULL, subject TEXT NOT NULL,
    state TEXT NOT NULL, class TEXT NOT NULL, sub_class TEXT, level INTEGER NOT NULL, summary TEXT NOT NULL,
    evidence TEXT NOT NULL, raised_at INTEGER NOT NULL, updated_at INTEGER NOT NULL, cleared_at INTEGER,
    acknowledged_at INTEGER, acknowledged_by TEXT, acknowledged_note TEXT
  ) STRICT, WITHOUT ROWID;
  CREATE UNIQUE INDEX alerts_open ON alerts (site, rule, device, subject) WHERE state = 'open';
  CREATE INDEX alerts_by_device ON alerts (site, device, id);
  `,
  `
  ALTER TABLE alerts ADD COLUMN closed_by TEXT;
  ALTER TABLE alerts ADD COLUMN closed_note TEXT;
  `,
  `
  ALTER TABLE events ADD COLUMN security INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE events ADD COLUMN bytes INTEGER NOT NULL DEFAULT 0;
  UPDATE events SET bytes = length(CAST(body AS BLOB)) + 256,
    security = json_extract(body, '$.class') NOT IN ('facility-fault', 'force-majeure', 'other');
  -- Answers which of a device's events go first, and what they take, without reading their bodies.
  CREATE INDEX events_by_device ON events (site, device, security, id, bytes);
  `,
  `
  -- A token with an end stands in for who made it: the command line makes one for a call of its own.
  ALTER TABLE tokens ADD COLUMN expires_at INTEGER;
  `,
  `
  -- A join token lets one device in, once. Kept for a while after its use, so that a second use can be told from a guess.
  CREATE TABLE join_tokens (
    id TEXT PRIMARY KEY, hash TEXT NOT NULL UNIQUE, device TEXT, created_at INTEGER NOT NULL, created_by TEXT NOT NULL,
    expires_at INTEGER NOT NULL, used_at INTEGER, used_by TEXT
  ) STRICT, WITHOUT ROWID;
  `,
  `
  -- Scopes narrow a token beside its role, words with blanks between; none leaves it as wide as its role. Every token may end, so that
  -- one that stands in for who made it has to say so.
  ALTER TABLE tokens ADD COLUMN scopes TEXT NOT NULL DEFAULT '';
  ALTER TABLE tokens ADD COLUMN stands_in INTEGER NOT NULL DEFAULT 0;
  UPDATE tokens SET stands_in = 1 WHERE expires_at IS NOT NULL;
  `,
  (db) => {
    chainAudit(db);
    db.exec(erasuresTable);
  },
  issuedCertificatesTable,
  `
  -- Devices that ask to be let in without a token. Kept for a while after their end, so that the device is told what became of it.
  CREATE TABLE join_requests (
    id TEXT PRIMARY KEY, hash TEXT NOT NULL UNIQUE, device TEXT NOT NULL, request TEXT NOT NULL, code TEXT NOT NULL,
    address TEXT NOT NULL, address_block TEXT NOT NULL, created_at INTEGER NOT NULL, expires_at INTEGER NOT NULL,
    state TEXT NOT NULL, certificate TEXT, collected INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  `,
  commandsTable,
];

/**
 * Brings the file to the newest schema, one numbered migration after the other. Safe when two processes open a file at once.
 * @throws CampusError `registry_unusable` when a newer version of the product wrote the file
 */
export function migrate(db: DatabaseSync, path: string): void {
  const versionNow = (): number => integer(db.prepare('PRAGMA user_version').get() ?? {}, 'user_version');
  // On a full disk nothing can be written, and nothing needs to be.
  if (versionNow() === migrations.length) return;
  inTransaction(db, () => {
    const version = versionNow();
    if (version > migrations.length) {
      throw new CampusError(
        'registry_unusable',
        `${path}: expected schema ${migrations.length} or older, got ${version}: a newer campus-edge wrote it; run that version or restore a backup`,
      );
    }
    for (const migration of migrations.slice(version)) {
      if (typeof migration === 'string') db.exec(migration);
      else migration(db);
    }
    db.exec(`PRAGMA user_version = ${migrations.length}`);
  });
}
