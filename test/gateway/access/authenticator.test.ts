import { expect, test } from 'vitest';
import { Authenticator } from '../../../gateway/access/authenticator.ts';
import { DeviceAccounts } from '../../../gateway/access/device-accounts.ts';
import { secretGateLimits, WorkGate } from '../../../gateway/access/work-gate.ts';
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
  const accounts = new DeviceAccounts({ credentials, gate: new WorkGate(secretGateLimits), now: clock.now });
  const gate = new CountingGate(secretGateLimits);
  return { accounts, gate, authenticator: new Authenticator({ credentials, gate }) };
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

test('a name that does not exist costs as much work as one that does', async () => {
  const { accounts, gate, authenticator } = setup();
  await accounts.addDevice(room);
  await authenticator.authenticate('school/room-1', 'wrong');
  expect(gate.jobs).toBe(1);
  await authenticator.authenticate('school/nobody', 'wrong');
  expect(gate.jobs).toBe(2);
});

test('coming back costs no work, with a wrong password it does', async () => {
  const { accounts, gate, authenticator } = setup();
  const { username, password } = await accounts.addDevice(room);
  for (let n = 0; n < 5; n += 1) expect(await authenticator.authenticate(username, password)).toBeDefined();
  expect(gate.jobs).toBe(1);
  expect(await authenticator.authenticate(username, 'wrong')).toBeUndefined();
  expect(gate.jobs).toBe(2);
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
  const { accounts, authenticator } = setup();
  const { username, password } = await accounts.addDevice(room);
  const checking = authenticator.authenticate(username, password);
  accounts.revokeDevice(room);
  expect(await checking).toBeUndefined();
});

test('a flood of sign-ins is refused and the rest is answered', async () => {
  const { credentials } = temporaryRegistry().registry;
  const authenticator = new Authenticator({ credentials, gate: new WorkGate({ running: 2, waiting: 6 }) });
  const attempts = Array.from({ length: 50 }, (_, n) => authenticator.authenticate(`school/x-${n}`, 'wrong'));
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
