import { expect, test } from 'vitest';
import type { AuditInput } from '../../../gateway/registry/audit.ts';
import { verifyAudit } from '../../../gateway/registry/audit-verification.ts';
import { reopen, temporaryRegistry } from './temporary-registry.ts';

const day = 24 * 3600_000;
const refusal: AuditInput = {
  actor: 'user:eve',
  address: '192.0.2.7',
  action: 'session.create',
  target: '',
  outcome: 'refused',
  detail: 'wrong user name or password',
};
const done: AuditInput = {
  actor: 'user:admin',
  address: '192.0.2.1',
  action: 'user.add',
  target: 'bob',
  outcome: 'ok',
  detail: '',
};

test('rows come newest first, with everything that was told', () => {
  const { registry, clock } = temporaryRegistry();
  registry.audit.record(done);
  clock.pass(5);
  registry.audit.record(refusal);
  const [newest, oldest] = registry.audit.list({ limit: 10 });
  expect(newest).toMatchObject({ ...refusal, time: clock.time, count: 1 });
  expect(oldest).toMatchObject({ ...done, time: clock.time - 5 });
  expect(registry.audit.list({ limit: 10, before: newest?.id })).toEqual([oldest]);
  expect(registry.audit.list({ limit: 10, outcome: 'ok' })).toEqual([oldest]);
  expect(registry.audit.list({ limit: 10, actor: 'user:eve' })).toEqual([newest]);
  expect(registry.audit.list({ limit: 10, action: 'user.add' })).toEqual([oldest]);
});

test('the same refusal within a minute is counted, after it is a new row; a success never is', () => {
  const { registry, path, clock } = temporaryRegistry();
  for (let second = 0; second < 50; second += 1) {
    registry.audit.record(refusal);
    clock.pass(1000);
  }
  clock.pass(10_000);
  registry.audit.record(refusal);
  registry.audit.record(done);
  registry.audit.record(done);
  const counts = [1, 1, 1, 50];
  expect(registry.audit.list({ limit: 10 }).map(({ count }) => count)).toEqual(counts);
  expect(registry.audit.list({ limit: 10 }).at(-1)?.lastTime).toBe(clock.time - 11_000);
  const again = reopen(registry, path, clock);
  expect(again.audit.list({ limit: 10 }).map(({ count }) => count)).toEqual(counts);
});

test('refusals that differ in actor, address, action or target have rows of their own', () => {
  const { registry } = temporaryRegistry();
  for (const change of [
    {},
    { actor: 'user:mallory' },
    { address: '192.0.2.8' },
    { action: 'mqtt.connect' },
    { target: 'x' },
  ]) {
    registry.audit.record({ ...refusal, ...change });
  }
  expect(registry.audit.list({ limit: 10 })).toHaveLength(5);
});

test('an attack under ever new names makes few rows and loses no count', () => {
  const { registry, clock } = temporaryRegistry();
  for (let attempt = 0; attempt < 5000; attempt += 1) registry.audit.record({ ...refusal, actor: `user:${attempt}` });
  const rows = registry.audit.list({ limit: 10_000 });
  expect(rows.length).toBeLessThan(100);
  expect(rows.reduce((sum, { count }) => sum + count, 0)).toBe(5000);
  expect(rows[0]).toMatchObject({ actor: '*', address: '*', action: 'session.create' });
  clock.pass(60_000);
  registry.audit.record({ ...refusal, actor: 'user:later' });
  expect(registry.audit.list({ limit: 1 })).toMatchObject([{ actor: 'user:later', count: 1 }]);
});

test('days of an attack that varies whatever it can leave a log that is whole, of a bounded size, and counts all of it', () => {
  const { registry, clock } = temporaryRegistry();
  // From the start of a day on, ten minutes at a time: 20 in each, from 250 addresses.
  clock.pass(day - (clock.time % day));
  const days = 2;
  let sent = 0;
  for (let minute = 0; minute < days * 1440; minute += 10) {
    for (let one = 0; one < 20; one += 1) {
      sent += 1;
      const address = `192.0.2.${sent % 250}`;
      const action = one % 2 === 0 ? 'session.create' : 'mqtt.connect';
      registry.audit.record({ ...refusal, actor: `user:${sent}`, address, action });
    }
    clock.pass(600_000);
    registry.audit.flush();
  }
  registry.audit.flush(true);
  const rows = registry.audit.after(0, 1_000_000);
  expect(rows.reduce((sum, { count }) => sum + count, 0)).toBe(sent);
  // A thousand a day, and two actions with two rows an hour: the first refusal, and how many followed.
  expect(rows.length).toBeLessThanOrEqual(days * (1000 + 2 * 2 * 25));
  expect(registry.audit.list({ limit: 1, actor: '*' })).toMatchObject([
    { detail: 'further refusals, too many to list' },
  ]);
  expect(verifyAudit(registry.db, [])).not.toHaveProperty('broken');
});

test('one address alone cannot have the log tell of nobody else', () => {
  const { registry, clock } = temporaryRegistry();
  for (let one = 0; one < 600; one += 1) {
    // Within one IPv6 /64 an address costs nothing.
    registry.audit.record({ ...refusal, actor: `user:${one}`, address: `2001:db8::${one.toString(16)}` });
    clock.pass(30_000);
  }
  expect(registry.audit.list({ limit: 1000, outcome: 'refused' }).length).toBeLessThan(110);
  registry.audit.record({ ...refusal, actor: 'user:mallory', address: '192.0.2.9' });
  expect(registry.audit.list({ limit: 1 })).toMatchObject([{ actor: 'user:mallory', address: '192.0.2.9' }]);
});

test('texts from outside are cut and cannot steer a terminal', () => {
  const { registry } = temporaryRegistry();
  registry.audit.record({ ...refusal, actor: `user:\u001b[2J${'x'.repeat(10_000)}`, detail: 'lone \ud800 surrogate' });
  const [row] = registry.audit.list({ limit: 1 });
  expect(row?.actor).toMatch(/^user:\ufffd\[2Jx{100,}…$/);
  expect(row?.actor.length).toBeLessThanOrEqual(128);
  expect(row?.detail).toBe('lone \ufffd surrogate');
});

test('rows are kept for 185 days and more, and not for ever', () => {
  const { registry, clock } = temporaryRegistry();
  registry.audit.record(done);
  clock.pass(186 * day);
  registry.prune();
  expect(registry.audit.list({ limit: 9 })).toHaveLength(1);
  clock.pass(216 * day);
  registry.prune();
  expect(registry.audit.list({ limit: 9 })).toMatchObject([{ action: 'audit.prune', actor: 'gateway', target: '1-1' }]);
});
