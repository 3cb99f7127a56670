import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { reopen, temporaryRegistry } from './temporary-registry.ts';

const hour = 3600_000;

function withUser() {
  const temporary = temporaryRegistry();
  temporary.registry.users.add({ name: 'bob', role: 'operator', hash: 'x', now: temporary.clock.time });
  return { ...temporary, sessions: temporary.registry.sessions };
}

test('a session is its user while it is used', () => {
  const { sessions, clock } = withUser();
  const secret = sessions.begin('bob', clock.time);
  for (let n = 0; n < 10; n += 1) {
    clock.pass(11 * hour);
    expect(sessions.use(secret, clock.time)).toMatchObject({ user: 'bob', role: 'operator' });
  }
  clock.pass(12 * hour);
  expect(sessions.use(secret, clock.time)).toBeUndefined();
});

test('a session ends after a week, however much it is used', () => {
  const { sessions, clock } = withUser();
  const secret = sessions.begin('bob', clock.time);
  const end = clock.time + 7 * 24 * hour;
  for (; clock.time + hour < end; clock.pass(hour)) expect(sessions.use(secret, clock.time)).toBeDefined();
  expect(sessions.use(secret, end - 1)).toBeDefined();
  expect(sessions.use(secret, end)).toBeUndefined();
});

test('the last use is kept over a restart once it is flushed, and read without a write before', () => {
  const { registry, path, sessions, clock } = withUser();
  const secret = sessions.begin('bob', clock.time);
  clock.pass(11 * hour);
  registry.db.exec('PRAGMA query_only = ON');
  expect(sessions.use(secret, clock.time)).toBeDefined();
  clock.pass(11 * hour);
  expect(sessions.use(secret, clock.time)).toBeDefined();
  registry.db.exec('PRAGMA query_only = OFF');
  const again = reopen(registry, path, clock);
  clock.pass(11 * hour);
  expect(again.sessions.use(secret, clock.time)).toBeDefined();
});

test('looking at a session does not keep it alive', () => {
  const { sessions, clock } = withUser();
  const session = sessions.use(sessions.begin('bob', clock.time), clock.time);
  for (let n = 0; n < 12; n += 1) {
    expect(sessions.peek(session?.hash ?? '', clock.time)).toBeDefined();
    clock.pass(hour);
  }
  expect(sessions.peek(session?.hash ?? '', clock.time)).toBeUndefined();
});

test('a session ends with its user, its password and by itself', () => {
  const { registry, sessions, clock } = withUser();
  const now = clock.time;
  const first = sessions.begin('bob', now);
  sessions.end(sessions.use(first, now)?.hash ?? '');
  expect(sessions.use(first, now)).toBeUndefined();
  const second = sessions.begin('bob', now);
  registry.users.setHash('bob', 'y', now);
  expect(sessions.use(second, now)).toBeUndefined();
  const third = sessions.begin('bob', now);
  registry.users.remove('bob');
  expect(sessions.use(third, now)).toBeUndefined();
});

test('a user has 32 sessions at most: the one unused for longest goes', () => {
  const { sessions, clock } = withUser();
  const secrets = Array.from({ length: 33 }, () => {
    clock.pass(1);
    return sessions.begin('bob', clock.time);
  });
  const alive = secrets.map((secret) => sessions.use(secret, clock.time) !== undefined);
  expect(alive).toEqual([false, ...Array.from({ length: 32 }, () => true)]);
});

test('secrets of sessions and tokens are in no file', () => {
  const { registry, path, sessions, clock } = withUser();
  const secret = sessions.begin('bob', clock.time);
  const token = registry.tokens.add({ role: 'viewer', createdBy: 'cli:root', now: clock.time });
  registry.close();
  const file = readFileSync(path, 'latin1');
  expect(file).toContain(token?.id);
  expect(file).not.toContain(secret);
  expect(file).not.toContain(token?.secret.slice(4));
});

test('sessions that have ended are pruned', () => {
  const { registry, sessions, clock } = withUser();
  sessions.begin('bob', clock.time);
  clock.pass(12 * hour);
  registry.prune();
  expect(registry.db.prepare('SELECT count(*) AS n FROM sessions').get()?.['n']).toBe(0);
});
