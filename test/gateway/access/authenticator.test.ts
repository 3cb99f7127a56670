import { expect, test } from 'vitest';
import { Authenticator } from '../../../gateway/access/authenticator.ts';
import { DeviceAccounts } from '../../../gateway/access/device-accounts.ts';
import { hashPassword, secretCost } from '../../../gateway/access/password-hash.ts';
import { secretGateLimits, WorkGate } from '../../../gateway/access/work-gate.ts';
import type { Credentials } from '../../../gateway/registry/credentials.ts';
import { temporaryRegistry } from '../registry/temporary-registry.ts';

/** A gate that counts the jobs that passed it: each is one scrypt. */
class CountingGate extends WorkGate {
  jobs = 0;

  override run<T>(work: () => Promise<T>): Promise<T> {
    this.jobs += 1;
    return super.run(work);
  }
}

function setup() {
  const { registry, clock } = temporaryRegistry();
  const { credentials } = registry;
  const accounts = new DeviceAccounts({ credentials, now: clock.now });
  const gate = new CountingGate(secretGateLimits);
  return { accounts, gate, credentials, authenticator: new Authenticator({ credentials, gate }) };
}

const room = { site: 'school', device: 'room-1' };

test('a device and the flows are known by what they were given', async () => {
  const { accounts, authenticator } = setup();
  const device = await accounts.addDevice(room);
  expect(device).toMatchObject({
    site: 'school',
    username: 'school/room-1',
    password: expect.stringMatching(/^[\w-]{32}$/),
  });
  expect(await authenticator.authenticate(device.username, device.password)).toMatchObject({ kind: 'device', ...room });
  const flows = await accounts.addFlows('school');
  expect(await authenticator.authenticate('school/flows', Buffer.from(flows.password))).toMatchObject({
    kind: 'flows',
    site: 'school',
  });
});

test('a wrong password, another account and an unknown name are nobody', async () => {
  const { accounts, authenticator } = setup();
  const { password } = await accounts.addDevice(room);
  await accounts.addDevice({ site: 'school', device: 'room-2' });
  for (const [username, secret] of [
    ['school/room-1', 'wrong'],
    ['school/room-1', ''],
    ['school/room-1', `${password}x`],
    ['school/room-2', password],
    ['school/nobody', password],
    ['', ''],
    ['x'.repeat(60_000), password],
    ['school/room-1', 'x'.repeat(60_000)],
  ] as const) {
    expect(await authenticator.authenticate(username, secret)).toBeUndefined();
  }
});

/** As accounts were made before a device's secret was kept by a fast hash. */
async function addOldAccount(credentials: Credentials, secret: string): Promise<void> {
  credentials.put({ kind: 'device', ...room }, { hash: await hashPassword(secret, secretCost), replace: true, now: 1 });
}

test('no try on an account of today is work, be it right or wrong', async () => {
  const { accounts, gate, authenticator } = setup();
  const { username, password } = await accounts.addDevice(room);
  expect(await authenticator.authenticate(username, password)).toBeDefined();
  await authenticator.authenticate(username, 'wrong');
  await authenticator.authenticate('school/nobody', 'wrong');
  expect(gate.jobs).toBe(0);
});

test('an account whose secret was hashed with work is let in, and comes back without', async () => {
  const { gate, authenticator, credentials } = setup();
  await addOldAccount(credentials, 'secret-of-old');
  expect(await authenticator.authenticate('school/room-1', 'wrong')).toBeUndefined();
  const principal = await authenticator.authenticate('school/room-1', 'secret-of-old');
  expect(principal && authenticator.isCurrent(principal)).toBe(true);
  expect(gate.jobs).toBe(2);
  expect(await authenticator.authenticate('school/room-1', 'secret-of-old')).toEqual(principal);
  expect(gate.jobs).toBe(2);
  expect(await authenticator.authenticate('school/room-1', 'wrong')).toBeUndefined();
  expect(gate.jobs).toBe(3);
});

test('a revoked account is out at once, and so is who is connected', async () => {
  const { accounts, authenticator } = setup();
  const { username, password } = await accounts.addDevice(room);
  const principal = await authenticator.authenticate(username, password);
  expect(principal && authenticator.isCurrent(principal)).toBe(true);
  accounts.revokeDevice(room);
  expect(await authenticator.authenticate(username, password)).toBeUndefined();
  expect(principal && authenticator.isCurrent(principal)).toBe(false);
});

test('after a rotation only the new password holds', async () => {
  const { accounts, authenticator } = setup();
  const old = await accounts.addDevice(room);
  const principal = await authenticator.authenticate(old.username, old.password);
  await expect(accounts.addDevice(room)).rejects.toMatchObject({ code: 'already_exists' });
  const rotated = await accounts.addDevice({ ...room, rotate: true });
  expect(principal && authenticator.isCurrent(principal)).toBe(false);
  expect(await authenticator.authenticate(old.username, old.password)).toBeUndefined();
  expect(await authenticator.authenticate(rotated.username, rotated.password)).toBeDefined();
});

test('an account that is revoked while its password is being checked is out', async () => {
  const { accounts, authenticator, credentials } = setup();
  await addOldAccount(credentials, 'secret-of-old');
  const checking = authenticator.authenticate('school/room-1', 'secret-of-old');
  accounts.revokeDevice(room);
  expect(await checking).toBeUndefined();
});

test('a flood of sign-ins that are work is refused and the rest is answered', async () => {
  const { credentials } = temporaryRegistry().registry;
  await addOldAccount(credentials, 'secret-of-old');
  const authenticator = new Authenticator({ credentials, gate: new WorkGate({ running: 2, waiting: 6 }) });
  const attempts = Array.from({ length: 50 }, () => authenticator.authenticate('school/room-1', 'wrong'));
  const outcomes = await Promise.allSettled(attempts);
  const refused = outcomes.filter(({ status }) => status === 'rejected');
  expect(refused).toHaveLength(42);
  expect(refused[0]).toMatchObject({ reason: { code: 'rate_limited' } });
});

test.each(['', 'Room-1', 'a/b', 'a+', '#', '..', 'flows', 'alerts', 'x'.repeat(64)])(
  '%j can be no device',
  async (device) => {
    const { accounts } = setup();
    expect(() => accounts.addDevice({ site: 'school', device })).toThrow(
      expect.objectContaining({ code: 'request_invalid' }),
    );
  },
);

test('only an account that is there can be revoked', async () => {
  const { accounts } = setup();
  await accounts.addDevice(room);
  accounts.revokeDevice(room);
  expect(() => accounts.revokeDevice(room)).toThrow(expect.objectContaining({ code: 'not_found' }));
  expect(() => accounts.revokeDevice({ site: 'school', device: 'x' })).toThrow(
    expect.objectContaining({ code: 'not_found' }),
  );
  expect(await accounts.addDevice(room)).toMatchObject({ username: 'school/room-1' });
});
