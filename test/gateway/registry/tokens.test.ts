import { expect, test } from 'vitest';
import { temporaryRegistry } from './temporary-registry.ts';

test('a token is known by its secret until it is removed', () => {
  const { registry, clock } = temporaryRegistry();
  const { tokens } = registry;
  const token = tokens.add({ name: 'grafana', role: 'viewer', createdBy: 'user:admin', now: clock.time });
  expect(token?.secret).toMatch(/^cet_[A-Za-z0-9_-]{43}$/);
  expect(tokens.use(token?.secret ?? '', clock.time)).toMatchObject({ id: token?.id, name: 'grafana', role: 'viewer' });
  expect(tokens.use(`${token?.secret}x`, clock.time)).toBeUndefined();
  expect(tokens.remove(token?.id ?? '')).toBe(true);
  expect(tokens.use(token?.secret ?? '', clock.time)).toBeUndefined();
  expect(tokens.remove(token?.id ?? '')).toBe(false);
});

test('the last use is noted, to the minute', () => {
  const { registry, clock } = temporaryRegistry();
  const { tokens } = registry;
  const secret = tokens.add({ role: 'admin', createdBy: 'x', now: clock.time })?.secret ?? '';
  expect(tokens.list()[0]?.usedAt).toBeUndefined();
  const firstUse = clock.time;
  tokens.use(secret, clock.time);
  clock.pass(59_000);
  tokens.use(secret, clock.time);
  expect(tokens.list()[0]?.usedAt).toBe(firstUse);
  clock.pass(1000);
  tokens.use(secret, clock.time);
  expect(tokens.list()[0]?.usedAt).toBe(clock.time);
});

test('a name is given once; without one a token is called by its id', () => {
  const { tokens } = temporaryRegistry().registry;
  const token = tokens.add({ role: 'viewer', createdBy: 'x', now: 1 });
  expect(token?.name).toBe(token?.id);
  expect(tokens.add({ name: 'same', role: 'viewer', createdBy: 'x', now: 2 })).toBeDefined();
  expect(tokens.add({ name: 'same', role: 'admin', createdBy: 'x', now: 3 })).toBeUndefined();
  expect(tokens.list().map(({ name }) => name)).toEqual([token?.id, 'same']);
});

test('a token that stands in for somebody ends by itself, and is deleted then', () => {
  const { registry, clock } = temporaryRegistry();
  const { tokens } = registry;
  const standIn = tokens.add({
    role: 'admin',
    createdBy: 'cli:root',
    now: clock.time,
    expiresAt: clock.time + 60_000,
    standsIn: true,
  });
  const secret = standIn?.secret ?? '';
  clock.pass(59_999);
  expect(tokens.use(secret, clock.time)).toMatchObject({ createdBy: 'cli:root', expiresAt: clock.time + 1 });
  clock.pass(1);
  expect(tokens.use(secret, clock.time)).toBeUndefined();
  tokens.add({ name: 'grafana', role: 'viewer', createdBy: 'x', now: clock.time });
  registry.prune();
  expect(tokens.list().map(({ name }) => name)).toEqual(['grafana']);
});

test('every other token ends after a year unless told, and is listed for another month', () => {
  const { registry, clock } = temporaryRegistry();
  const { tokens } = registry;
  const day = 24 * 3600 * 1000;
  const secret = tokens.add({ name: 'grafana', role: 'viewer', createdBy: 'x', now: clock.time })?.secret ?? '';
  tokens.add({ name: 'week', role: 'viewer', createdBy: 'x', now: clock.time, expiresAt: clock.time + 7 * day });
  clock.pass(365 * day - 1);
  registry.prune();
  expect(tokens.list().map(({ name }) => name)).toEqual(['grafana']);
  expect(tokens.use(secret, clock.time)).toMatchObject({ name: 'grafana' });
  clock.pass(1);
  registry.prune();
  expect(tokens.use(secret, clock.time)).toBeUndefined();
  expect(tokens.find(secret, clock.time)).toMatchObject({ token: { name: 'grafana' }, ended: true });
  clock.pass(30 * day);
  registry.prune();
  expect(tokens.list()).toEqual([]);
});

test('a token keeps what it is narrowed to', () => {
  const { tokens } = temporaryRegistry().registry;
  tokens.add({ name: 'prometheus', role: 'viewer', createdBy: 'x', now: 1, scopes: ['metrics', 'alerts'] });
  tokens.add({ name: 'wide', role: 'viewer', createdBy: 'x', now: 2 });
  expect(tokens.list().map(({ scopes }) => scopes)).toEqual([['metrics', 'alerts'], []]);
});
