import { expect, test } from 'vitest';
import { temporaryRegistry } from './temporary-registry.ts';

test('the last admin cannot be removed, others can', () => {
  const { users } = temporaryRegistry().registry;
  users.add({ name: 'ann', role: 'admin', hash: 'x', now: 1 });
  users.add({ name: 'bob', role: 'viewer', hash: 'x', now: 2 });
  expect(users.remove('ann')).toBe(false);
  expect(users.remove('bob')).toBe(true);
  expect(users.remove('bob')).toBe(false);
  users.add({ name: 'cat', role: 'admin', hash: 'x', now: 3 });
  expect(users.remove('ann')).toBe(true);
  expect(users.list().map(({ name }) => name)).toEqual(['cat']);
});

test('a name is given once', () => {
  const { users } = temporaryRegistry().registry;
  expect(users.add({ name: 'ann', role: 'viewer', hash: 'x', now: 1 })).toBe(true);
  expect(users.add({ name: 'ann', role: 'admin', hash: 'y', now: 2 })).toBe(false);
  expect(users.get('ann')).toEqual({ name: 'ann', role: 'viewer', createdAt: 1, changedAt: 1 });
  expect(users.hash('ann')).toBe('x');
  expect(users.hasAdmin()).toBe(false);
});
