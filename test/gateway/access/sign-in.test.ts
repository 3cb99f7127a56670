import { beforeEach, expect, test } from 'vitest';
import { secretCost } from '../../../gateway/access/password-hash.ts';
import { People } from '../../../gateway/access/people.ts';
import { SignIn } from '../../../gateway/access/sign-in.ts';
import { passwordGateLimits, WorkGate } from '../../../gateway/access/work-gate.ts';
import type { Registry } from '../../../gateway/registry/registry.ts';
import { Clock, temporaryRegistry } from '../registry/temporary-registry.ts';

let registry: Registry;
let clock: Clock;
let signIn: SignIn;

const right = { name: 'bob', password: 'correct horse', address: '192.0.2.7' };
const wrong = { ...right, password: 'wrong horse' };

beforeEach(async () => {
  clock = new Clock();
  registry = temporaryRegistry(clock).registry;
  const { users, sessions, audit } = registry;
  const people = new People({ users, gate: new WorkGate(passwordGateLimits), now: clock.now, cost: secretCost });
  await people.add({ name: 'bob', role: 'viewer', password: 'correct horse' });
  signIn = new SignIn({ people, sessions, audit, now: clock.now });
});

const codes = async (attempts: number, input: typeof right): Promise<string[]> => {
  const outcomes: string[] = [];
  for (let n = 0; n < attempts; n += 1) {
    outcomes.push(
      await signIn.signIn(input).then(
        () => 'ok',
        (error: { code: string }) => error.code,
      ),
    );
  }
  return outcomes;
};

test('signing in begins a session and leaves an audit row', async () => {
  const { user, secret } = await signIn.signIn(right);
  expect(user).toMatchObject({ name: 'bob', role: 'viewer' });
  expect(registry.sessions.use(secret, clock.time)).toMatchObject({ user: 'bob' });
  expect(registry.audit.list({ limit: 9 })).toMatchObject([
    { actor: 'user:bob', address: '192.0.2.7', action: 'session.create', outcome: 'ok' },
  ]);
});

test('this machine itself, where a proxy makes everybody come from, is never made to wait as an address', async () => {
  for (let n = 0; n < 9; n += 1) await codes(1, { ...wrong, name: `nobody-${n}`, address: '127.0.0.1' });
  expect(await codes(1, { ...right, address: '127.0.0.1' })).toEqual(['ok']);
});

test('after five wrong passwords an address waits, whatever the name, even with the right one', async () => {
  expect(await codes(7, wrong)).toEqual([...Array(5).fill('credentials_wrong'), 'rate_limited', 'rate_limited']);
  expect(await codes(1, right)).toEqual(['rate_limited']);
  expect(await codes(1, { ...wrong, name: 'ann' })).toEqual(['rate_limited']);
  await expect(signIn.signIn(right)).rejects.toMatchObject({ retryAfterSeconds: 1 });
  expect(await codes(1, { ...right, address: '192.0.2.8' })).toEqual(['ok']);
  clock.pass(1000);
  expect(await codes(1, right)).toEqual(['ok']);
  expect(registry.audit.list({ limit: 99, outcome: 'refused' }).reduce((sum, { count }) => sum + count, 0)).toBe(10);
});

test('all of an IPv6 /64 counts as one', async () => {
  await codes(5, { ...wrong, address: '2001:db8::1' });
  expect(await codes(1, { ...right, address: '2001:db8::2' })).toEqual(['rate_limited']);
  expect(await codes(1, { ...right, address: '2001:db8:0:1::2' })).toEqual(['ok']);
});

test('a name that is tried from everywhere waits, too', async () => {
  for (let n = 0; n < 10; n += 1) await codes(1, { ...wrong, address: `192.0.2.${n}` });
  expect(await codes(1, { ...right, address: '198.51.100.1' })).toEqual(['rate_limited']);
});

test('attempts at the same moment do not slip through', async () => {
  const outcomes = await Promise.allSettled(Array.from({ length: 12 }, () => signIn.signIn(wrong)));
  const throttled = outcomes.filter(
    (outcome) => outcome.status === 'rejected' && outcome.reason.code === 'rate_limited',
  );
  expect(throttled).toHaveLength(7);
});

test('a success wipes the slate', async () => {
  expect(await codes(4, wrong)).toEqual(Array(4).fill('credentials_wrong'));
  expect(await codes(1, right)).toEqual(['ok']);
  expect(await codes(5, wrong)).toEqual(Array(5).fill('credentials_wrong'));
});
