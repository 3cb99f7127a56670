import { expect, test } from 'vitest';
import { secretCost } from '../../../gateway/access/password-hash.ts';
import { generatePassword, People } from '../../../gateway/access/people.ts';
import { passwordGateLimits, WorkGate } from '../../../gateway/access/work-gate.ts';
import { temporaryRegistry } from '../registry/temporary-registry.ts';

function setup() {
  const { registry, clock } = temporaryRegistry();
  const people = new People({
    users: registry.users,
    gate: new WorkGate(passwordGateLimits),
    now: clock.now,
    cost: secretCost,
  });
  return { people, registry };
}

const bob = { name: 'bob', role: 'viewer', password: 'correct horse' } as const;

test('a user is known by name and password', async () => {
  const { people } = setup();
  await people.add(bob);
  expect(await people.verify('bob', 'correct horse')).toMatchObject({ name: 'bob', role: 'viewer' });
  for (const [name, password] of [
    ['bob', 'wrong horse'],
    ['bob', ''],
    ['ann', 'correct horse'],
    ['', ''],
  ] as const) {
    expect(await people.verify(name, password)).toBeUndefined();
  }
});

test.each([
  [{ ...bob, name: '' }, 'name'],
  [{ ...bob, name: 'Bob' }, 'name'],
  [{ ...bob, name: 'a b' }, 'name'],
  [{ ...bob, name: 'x'.repeat(65) }, 'name'],
  [{ ...bob, password: 'short77' }, 'password'],
  [{ ...bob, password: 'x'.repeat(257) }, 'password'],
])('%j is refused for its %s', async (user, part) => {
  const { people, registry } = setup();
  await expect(people.add(user)).rejects.toMatchObject({
    code: 'request_invalid',
    message: expect.stringMatching(`^${part}: expected`),
  });
  expect(registry.users.list()).toEqual([]);
});

test('a name that is taken is refused', async () => {
  const { people } = setup();
  await people.add(bob);
  await expect(people.add({ ...bob, role: 'admin' })).rejects.toMatchObject({ code: 'already_exists' });
});

test('a password that another process changes while it is being checked is out', async () => {
  const { people, registry } = setup();
  await people.add(bob);
  const checking = people.verify('bob', 'correct horse');
  registry.users.setHash('bob', 'another', 1);
  expect(await checking).toBeUndefined();
});

test('a new password replaces the old one', async () => {
  const { people } = setup();
  await people.add(bob);
  await people.setPassword('bob', 'battery staple');
  expect(await people.verify('bob', 'battery staple')).toBeDefined();
  expect(await people.verify('bob', 'correct horse')).toBeUndefined();
  await expect(people.setPassword('ann', 'battery staple')).rejects.toMatchObject({ code: 'not_found' });
});

test('removing says why it cannot', async () => {
  const { people } = setup();
  await people.add({ ...bob, role: 'admin' });
  expect(() => people.remove('ann')).toThrow(expect.objectContaining({ code: 'not_found' }));
  expect(() => people.remove('bob')).toThrow(expect.objectContaining({ code: 'state_conflict' }));
});

test('generated passwords are long, differ, and hold nothing to mistake', () => {
  const passwords = Array.from({ length: 200 }, generatePassword);
  expect(new Set(passwords).size).toBe(200);
  expect(passwords.every((password) => /^[A-Za-z2-9]{16}$/.test(password) && !/[OoIil]/.test(password))).toBe(true);
});
