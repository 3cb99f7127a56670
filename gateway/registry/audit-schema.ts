import type { DatabaseSync } from 'node:sqlite';
import { type ChainedRow, GENESIS, rowHash } from './audit-chain.ts';
import { AuditNames } from './audit-names.ts';
import { integer, text } from './row.ts';

/** The law's six months (网络安全法 art. 21), as 185 days: no statement deletes a younger row. */
export const AUDIT_LEAST_MS = 185 * 24 * 3600 * 1000;

/**
 * The tables of the chained audit log. The triggers hold for every program that opens the file: rows are added at the end with the next
 * number, never changed, and deleted from the oldest on, none that is younger than 185 days by the newest row's time. `audit_head` is the
 * newest row and `audit_anchor` the youngest one that was deleted.
 */
const tables = `
  CREATE TABLE audit (
    id INTEGER PRIMARY KEY, time INTEGER NOT NULL, last_time INTEGER NOT NULL, actor TEXT NOT NULL, address TEXT NOT NULL,
    action TEXT NOT NULL, target TEXT NOT NULL, outcome TEXT NOT NULL, detail TEXT NOT NULL, count INTEGER NOT NULL,
    repeats INTEGER, hash TEXT NOT NULL
  ) STRICT;
  CREATE INDEX audit_by_time ON audit (last_time);
  CREATE INDEX audit_repeats ON audit (repeats, count, last_time) WHERE repeats IS NOT NULL;
  CREATE TABLE audit_head (
    one INTEGER PRIMARY KEY CHECK (one = 1), id INTEGER NOT NULL, hash TEXT NOT NULL, time INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE audit_anchor (one INTEGER PRIMARY KEY CHECK (one = 1), id INTEGER NOT NULL, hash TEXT NOT NULL) STRICT;
  INSERT INTO audit_head VALUES (1, 0, '${GENESIS}', 0);
  INSERT INTO audit_anchor VALUES (1, 0, '${GENESIS}');
  CREATE TABLE audit_names (id TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE, last_row INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  CREATE INDEX audit_names_by_row ON audit_names (last_row);

  CREATE TRIGGER audit_added_in_order BEFORE INSERT ON audit
    WHEN NEW.id IS NOT (SELECT id + 1 FROM audit_head)
    BEGIN SELECT RAISE(ABORT, 'the audit log is added to at its end only'); END;
  CREATE TRIGGER audit_added AFTER INSERT ON audit
    BEGIN UPDATE audit_head SET id = NEW.id, hash = NEW.hash, time = NEW.time; END;
  CREATE TRIGGER audit_never_changed BEFORE UPDATE ON audit
    BEGIN SELECT RAISE(ABORT, 'a row of the audit log never changes'); END;
  CREATE TRIGGER audit_kept BEFORE DELETE ON audit
    WHEN OLD.id IS NOT (SELECT id + 1 FROM audit_anchor)
      OR OLD.last_time > (SELECT time FROM audit_head) - ${AUDIT_LEAST_MS}
    BEGIN SELECT RAISE(ABORT, 'the audit log is deleted from its oldest row on, and kept for 185 days'); END;
  CREATE TRIGGER audit_deleted AFTER DELETE ON audit
    BEGIN UPDATE audit_anchor SET id = OLD.id, hash = OLD.hash; END;
`;

/** Moves the rows of an older home into the chain, in their order. */
export function chainAudit(db: DatabaseSync): void {
  db.exec(`ALTER TABLE audit RENAME TO audit_unchained; DROP INDEX audit_by_time; ${tables}`);
  const names = new AuditNames(db);
  const add = db.prepare(`
    INSERT INTO audit (id, time, last_time, actor, address, action, target, outcome, detail, count, repeats, hash)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULL, ?)`);
  let [id, previous] = [0, GENESIS];
  for (const old of db.prepare('SELECT * FROM audit_unchained ORDER BY id').iterate()) {
    id += 1;
    const action = text(old, 'action');
    const named = { actor: text(old, 'actor'), action, target: text(old, 'target'), detail: text(old, 'detail') };
    const row: ChainedRow = {
      ...{ id, time: integer(old, 'time'), lastTime: integer(old, 'last_time'), address: text(old, 'address') },
      ...{ action, outcome: text(old, 'outcome'), count: integer(old, 'count'), repeats: undefined },
      ...names.hide(named, id),
    };
    previous = rowHash(previous, row);
    const { time, lastTime, actor, address, target, outcome, detail, count } = row;
    add.run(id, time, lastTime, actor, address, action, target, outcome, detail, count, previous);
  }
  db.exec('DROP TABLE audit_unchained');
}
