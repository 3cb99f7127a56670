import { expect, test } from 'vitest';
import { Alerts } from '../../../gateway/alerts/alerts.ts';
import { joinTokenDetail, newJoinToken } from '../../../gateway/join/new-join-token.ts';
import { eraseFromRegistry } from '../../../gateway/privacy/erase-from-registry.ts';
import type { AuditInput } from '../../../gateway/registry/audit.ts';
import { verifyAudit } from '../../../gateway/registry/audit-verification.ts';
import type { ErasureSubject } from '../../../gateway/registry/erasure-table.ts';
import type { Registry } from '../../../gateway/registry/registry.ts';
import { temporaryRegistry } from '../registry/temporary-registry.ts';

const row = { address: '192.0.2.7', outcome: 'ok' } as const satisfies Partial<AuditInput>;

/** A registry in which `wang` has made a token and two join tokens, with one of which `tablet-of-li` has joined. */
function joined() {
  const { registry, clock } = temporaryRegistry();
  const { users, tokens, joinTokens, credentials, audit } = registry;
  const now = clock.time;
  users.add({ name: 'wang', role: 'operator', hash: 'x', now });
  tokens.add({ name: 'grafana', role: 'viewer', createdBy: 'user:wang', now });
  const made = [undefined, 'tablet-of-li', 'room-1'].map((device, index) => {
    const createdBy = index === 2 ? 'cli:wang' : 'user:wang';
    const token = newJoinToken(joinTokens, { device, lifeMs: 3600_000, createdBy, fingerprint: 'A'.repeat(43), now });
    const detail = joinTokenDetail({ device, lifeMs: 3600_000 });
    audit.record({ ...row, actor: createdBy, action: 'join-token.create', target: token.id, detail });
    return token;
  });
  joinTokens.use(made[0]?.id ?? '', 'school/tablet-of-li', now);
  credentials.put({ kind: 'device', site: 'school', device: 'tablet-of-li' }, { hash: '', replace: true, now });
  const target = 'school/tablet-of-li';
  audit.record({ ...row, actor: `device:${target}`, action: 'device.join', target, detail: `token ${made[0]?.id}` });
  audit.record({ ...row, actor: 'user:admin', action: 'ban.lift', target: 'user:wang', detail: 'sign-in-user' });
  const alerts = new Alerts({ db: registry.db, knows: () => true, random: () => new Uint8Array(16) });
  return { registry, alerts, now };
}

function erase({ registry, alerts }: ReturnType<typeof joined>, subject: ErasureSubject): void {
  const retained = { forget: () => {}, forgetAlert: () => {} };
  eraseFromRegistry({ registry, alerts, retained }, subject, () => {});
}

/** Every text of every table. */
function everything({ db }: Registry): string {
  const tables = db.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").all();
  return JSON.stringify(tables.map(({ name }) => db.prepare(`SELECT * FROM ${String(name)}`).all()));
}

test('a person is gone from tokens, join tokens and the audit log, at the console and at the command line', () => {
  const home = joined();
  expect(everything(home.registry)).toContain('wang');
  erase(home, { kind: 'user', name: 'wang' });
  expect(everything(home.registry)).not.toContain('wang');
  const makers = home.registry.joinTokens.list().map(({ createdBy }) => createdBy);
  expect(makers).toHaveLength(3);
  // The same people still made the same tokens, and nobody knows who they were.
  expect(makers.toSorted()).toEqual([
    expect.stringMatching(/^cli:~[0-9a-f]{16}$/),
    ...Array.from({ length: 2 }, () => home.registry.tokens.list()[0]?.createdBy),
  ]);
  expect(verifyAudit(home.registry.db, []).broken).toBeUndefined();
});

test('a device is gone from join tokens, whether it used one or one was made for it; others stay', () => {
  const home = joined();
  home.registry.credentials.revoke('school/tablet-of-li', home.now);
  erase(home, { kind: 'device', site: 'school', device: 'tablet-of-li' });
  expect(everything(home.registry)).not.toContain('tablet-of-li');
  expect(home.registry.joinTokens.list().map(({ device }) => device)).toEqual(['room-1']);
  expect(verifyAudit(home.registry.db, []).broken).toBeUndefined();
});

test('who asked for erasures can be erased as well', () => {
  const home = joined();
  const { erasures, audit } = home.registry;
  audit.record({ ...row, actor: 'cli:wang', action: 'home.restore', target: 'x' });
  const id = erasures.add({ kind: 'client', pseudonym: '0123456789abcdef' }, 'cli:wang', home.now);
  erase(home, { kind: 'user', name: 'wang' });
  expect(erasures.get(id)?.actor).toMatch(/^cli:~[0-9a-f]{16}$/);
  audit.record({ ...row, actor: erasures.get(id)?.actor ?? '', action: 'privacy.erase', target: 'client' });
  expect(everything(home.registry)).not.toContain('wang');
});

test('erasures that are done are forgotten with the audit log, others wait', () => {
  const { registry, clock } = temporaryRegistry();
  const ids = [1, 2].map(() => registry.erasures.add({ kind: 'user', name: 'wang' }, 'cli:root', clock.time));
  registry.erasures.finish(ids[0] ?? 0, clock.time);
  clock.pass(401 * 24 * 3600_000);
  registry.prune();
  expect(registry.erasures.list(9).map(({ id }) => id)).toEqual([ids[1]]);
});
