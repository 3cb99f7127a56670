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
  const standIn = tokens.add({ role: 'admin', createdBy: 'cli:root', now: clock.time, expiresAt: clock.time + 60_000 });
  const secret = standIn?.secret ?? '';
  clock.pass(59_999);
  expect(tokens.use(secret, clock.time)).toMatchObject({ createdBy: 'cli:root', expiresAt: clock.time + 1 });
  clock.pass(1);
  expect(tokens.use(secret, clock.time)).toBeUndefined();
  tokens.add({ name: 'grafana', role: 'viewer', createdBy: 'x', now: clock.time });
  registry.prune();
  expect(tokens.list().map(({ name }) => name)).toEqual(['grafana']);
});
