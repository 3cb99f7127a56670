import { expect, test } from 'vitest';
import { isRole, roleAllows, roles } from '../../../gateway/access/roles.ts';

test.each([
  ['public', ['viewer', 'operator', 'admin', 'auditor']],
  ['signed-in', ['viewer', 'operator', 'admin', 'auditor']],
  ['viewer', ['viewer', 'operator', 'admin']],
  ['operator', ['operator', 'admin']],
  ['admin', ['admin']],
  ['auditor', ['admin', 'auditor']],
] as const)('%s is for %j', (needed, allowed) => {
  expect(roles.filter((role) => roleAllows(role, needed))).toEqual(allowed);
});

test('nothing else is a role', () => {
  expect([...roles].every(isRole)).toBe(true);
  expect(['', 'root', 'Admin', 'constructor'].some(isRole)).toBe(false);
});
