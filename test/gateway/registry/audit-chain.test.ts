import { createHash } from 'node:crypto';
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, onTestFinished, test } from 'vitest';
import { parsePlace, placeText } from '../../../gateway/registry/audit-chain.ts';
import { notedHead } from '../../../gateway/registry/audit-head-note.ts';
import { verifyAudit } from '../../../gateway/registry/audit-verification.ts';
import { checkpoint, openRegistry, type Registry } from '../../../gateway/registry/registry.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { temporaryRegistry } from './temporary-registry.ts';

const day = 24 * 3600_000;

function fill(registry: Registry, rows: number): void {
  for (let n = 0; n < rows; n += 1) {
    const target = `person-${n}`;
    registry.audit.record({ actor: 'user:wang', address: '::1', action: 'user.add', target, outcome: 'ok' });
  }
}

/** The file as somebody with an SQLite shell has it, who drops what is in the way. */
function attack(path: string, sql: string, witnesses: Parameters<typeof verifyAudit>[1] = []) {
  const copy = join(temporaryDirectory(), 'registry.sqlite');
  checkpoint(path);
  copyFileSync(path, copy);
  const db = new DatabaseSync(copy);
  onTestFinished(() => db.close());
  const triggers = db.prepare("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit'").all();
  for (const { name } of triggers) db.exec(`DROP TRIGGER ${String(name)}`);
  db.exec(sql);
  return verifyAudit(db, witnesses);
}

test('what was written verifies, and by its documented form alone', () => {
  const { registry } = temporaryRegistry();
  fill(registry, 3);
  expect(verifyAudit(registry.db, [])).toEqual({ rows: 3, first: 1, head: registry.audit.head() });
  const asDocumented = ({
    id,
    time,
    lastTime,
    actor,
    action,
    target,
    hash,
  }: ReturnType<typeof registry.audit.after>[0]) => ({
    content: `${id},${time},${lastTime},"${actor}","::1","${action}","${target}","ok","",1,null`,
    hash,
  });
  let previous = '0'.repeat(64);
  for (const { content, hash } of registry.audit.after(0, 9).map(asDocumented)) {
    const expected = createHash('sha256').update(`["campus-audit-1","${previous}",${content}]`).digest('hex');
    expect(hash).toBe(expected);
    previous = expected;
  }
});

test('SQLite itself refuses to change, insert or delete', () => {
  const { registry } = temporaryRegistry();
  fill(registry, 3);
  for (const sql of [
    "UPDATE audit SET actor = 'user:other' WHERE id = 2",
    'DELETE FROM audit WHERE id = 2',
    'DELETE FROM audit WHERE id = 1',
    'DELETE FROM audit',
    'INSERT INTO audit SELECT 9, time, last_time, actor, address, action, target, outcome, detail, count, repeats, hash FROM audit WHERE id = 1',
    'INSERT OR REPLACE INTO audit SELECT 2, time, last_time, actor, address, action, target, outcome, detail, count, repeats, hash FROM audit WHERE id = 1',
  ]) {
    expect(() => registry.db.exec(sql), sql).toThrow(/audit log/);
  }
  expect(verifyAudit(registry.db, [])).not.toHaveProperty('broken');
});

test('whoever drops the triggers is found out, with the first row that is wrong', () => {
  const { registry, path } = temporaryRegistry();
  fill(registry, 9);
  expect(attack(path, "UPDATE audit SET outcome = 'refused' WHERE id = 4").broken).toEqual({
    row: 4,
    reason: 'changed',
  });
  expect(attack(path, 'UPDATE audit SET time = time + 1 WHERE id = 1').broken).toEqual({ row: 1, reason: 'changed' });
  expect(attack(path, 'DELETE FROM audit WHERE id = 5').broken).toEqual({ row: 5, reason: 'missing' });
  expect(attack(path, 'DELETE FROM audit WHERE id > 7').broken).toEqual({ row: 9, reason: 'truncated' });
  expect(attack(path, 'DELETE FROM audit').broken).toEqual({ row: 9, reason: 'truncated' });
  const early = `UPDATE audit_anchor SET id = 3, hash = (SELECT hash FROM audit WHERE id = 3); DELETE FROM audit WHERE id < 4`;
  expect(attack(path, early).broken).toEqual({ row: 4, reason: 'unexplained' });
});

test('whoever mends the head as well is found out by what is known elsewhere', () => {
  const { registry, path } = temporaryRegistry();
  fill(registry, 9);
  checkpoint(path);
  const note = notedHead(path);
  expect(note).toEqual(registry.audit.head());
  const cut = `DELETE FROM audit WHERE id > 7;
    UPDATE audit_head SET id = 7, hash = (SELECT hash FROM audit WHERE id = 7)`;
  expect(attack(path, cut).broken).toBeUndefined();
  expect(attack(path, cut, note === undefined ? [] : [note]).broken).toEqual({ row: 9, reason: 'truncated' });
  const other = { id: 4, hash: 'a'.repeat(64) };
  expect(attack(path, '', [other]).broken).toEqual({ row: 4, reason: 'replaced' });
  expect(parsePlace(placeText(other))).toEqual(other);
});

test('deleting what is too old leaves a chain that verifies', () => {
  const { registry, clock } = temporaryRegistry();
  for (let n = 0; n < 12; n += 1) {
    fill(registry, 2);
    clock.pass(50 * day);
    registry.prune();
  }
  const { rows, first, ...rest } = verifyAudit(registry.db, []);
  expect(rest).not.toHaveProperty('broken');
  expect([first > 4, rows >= 16]).toEqual([true, true]);
  const names = registry.db.prepare('SELECT count(*) AS n FROM audit_names').get();
  expect(names).toEqual({ n: 3 });
});

test('a name is forgotten, its rows stay and the chain is whole', () => {
  const { registry } = temporaryRegistry();
  fill(registry, 2);
  registry.audit.record({ actor: 'user:person-1', address: '::1', action: 'session.create', outcome: 'refused' });
  const [before] = registry.audit.list({ limit: 1 });
  expect(before?.actor).toBe('user:person-1');
  expect(JSON.stringify(registry.audit.after(0, 9))).not.toContain('person-1');
  expect(registry.audit.names.forget('user:person-1')).toBe(true);
  const [after, target] = registry.audit.list({ limit: 2 });
  expect(after?.actor).toBe(before?.actorId);
  expect(after?.actor).toMatch(/^user:~[0-9a-f]{16}$/);
  expect(`user:${target?.target}`).toBe(after?.actor);
  expect(registry.audit.list({ limit: 9, actor: before?.actorId ?? '' })).toHaveLength(1);
  expect(registry.audit.names.forget('user:person-1')).toBe(false);
  expect(verifyAudit(registry.db, [])).not.toHaveProperty('broken');
});

test('what a refusal says of a device is kept without its name', () => {
  const { registry } = temporaryRegistry();
  const target = 'campus/v1/school/room-of-wang/telemetry';
  registry.audit.record({
    ...{ actor: 'device:school/tablet-of-li', address: '::1', action: 'mqtt.publish', target, outcome: 'refused' },
    detail: `topic_forbidden: expected a channel that school/tablet-of-li reports on, got "${target}"`,
  });
  expect(JSON.stringify(registry.audit.after(0, 1))).not.toMatch(/wang|tablet/);
  expect(registry.audit.list({ limit: 1 })).toMatchObject([
    {
      actor: 'device:school/tablet-of-li',
      target,
      detail: expect.stringContaining(`tablet-of-li reports on, got "${target}"`),
    },
  ]);
});

test('the rows of an older home move into the chain', () => {
  const { registry, path, clock } = temporaryRegistry();
  registry.close();
  const old = new DatabaseSync(path);
  old.exec(`
    DROP TABLE audit; DROP TABLE audit_head; DROP TABLE audit_anchor; DROP TABLE audit_names; DROP TABLE erasures;
    DROP TRIGGER credentials_renewed; DROP TRIGGER credentials_erased; DROP TABLE issued_certificates;
    DROP TABLE join_requests; DROP TABLE commands;
    CREATE TABLE audit (
      id INTEGER PRIMARY KEY AUTOINCREMENT, time INTEGER NOT NULL, last_time INTEGER NOT NULL, actor TEXT NOT NULL,
      address TEXT NOT NULL, action TEXT NOT NULL, target TEXT NOT NULL, outcome TEXT NOT NULL, detail TEXT NOT NULL,
      count INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX audit_by_time ON audit (last_time);
    INSERT INTO audit VALUES (7, 10, 60, 'user:eve', '192.0.2.7', 'session.create', '', 'refused', 'wrong', 50),
      (9, 70, 70, 'cli:root', 'local', 'user.add', 'bob', 'ok', 'role viewer', 1);
    PRAGMA user_version = ${Number(old.prepare('PRAGMA user_version').get()?.['user_version']) - 4}`);
  old.close();
  const again = openRegistry(path, clock);
  onTestFinished(() => again.close());
  expect(again.audit.list({ limit: 9 })).toMatchObject([
    { id: 2, actor: 'cli:root', target: 'bob', detail: 'role viewer', time: 70, count: 1 },
    { id: 1, actor: 'user:eve', time: 10, lastTime: 60, count: 50, outcome: 'refused' },
  ]);
  fill(again, 1);
  expect(verifyAudit(again.db, [])).toEqual({ rows: 3, first: 1, head: again.audit.head() });
});
