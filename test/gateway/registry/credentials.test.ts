import { expect, test } from 'vitest';
import { type AccountOwner, usernameOf } from '../../../gateway/registry/credentials.ts';
import { temporaryRegistry } from './temporary-registry.ts';

const device: AccountOwner = { kind: 'device', site: 'school', device: 'room-1' };
const flows: AccountOwner = { kind: 'flows', site: 'school' };

test('user names are the site and the device', () => {
  expect([usernameOf(device), usernameOf(flows)]).toEqual(['school/room-1', 'school/flows']);
});

test('an account is not given twice unless it is to be replaced', () => {
  const { credentials } = temporaryRegistry().registry;
  expect(credentials.put(device, { hash: 'a', replace: false, now: 1 })).toBe(true);
  expect(credentials.put(device, { hash: 'b', replace: false, now: 2 })).toBe(false);
  expect(credentials.get('school/room-1')).toMatchObject({ hash: 'a', version: 1, owner: device });
  expect(credentials.put(device, { hash: 'c', replace: true, now: 3 })).toBe(true);
  expect(credentials.get('school/room-1')).toMatchObject({ hash: 'c', version: 2, createdAt: 1 });
});

test('a revoked account has no secret and may be given again', () => {
  const { credentials } = temporaryRegistry().registry;
  credentials.put(device, { hash: 'a', replace: false, now: 1 });
  expect(credentials.revoke('school/room-1', 2)).toBe(true);
  expect(credentials.revoke('school/room-1', 3)).toBe(false);
  expect(credentials.get('school/room-1')).toMatchObject({ hash: '', version: 2, revokedAt: 2 });
  expect(credentials.revokedDevices()).toEqual(new Set(['school/room-1']));
  expect(credentials.put(device, { hash: 'b', replace: false, now: 4 })).toBe(true);
  expect(credentials.get('school/room-1')).toMatchObject({ hash: 'b', version: 3, revokedAt: undefined });
  expect(credentials.revokedDevices().size).toBe(0);
});

test('the revision grows with every change of an account and with nothing else', () => {
  const { registry } = temporaryRegistry();
  const { credentials } = registry;
  const revisions = [credentials.revision()];
  const note = () => revisions.push(credentials.revision());
  credentials.put(device, { hash: 'a', replace: false, now: 1 });
  note();
  credentials.put(device, { hash: 'b', replace: true, now: 2 });
  note();
  credentials.revoke('school/room-1', 3);
  note();
  expect(new Set(revisions).size).toBe(4);
  const last = revisions.at(-1);
  registry.devices.seen('school', 'room-1', 4);
  credentials.revoke('school/nobody', 5);
  expect(credentials.revision()).toBe(last);
});

test('the accounts of devices are listed without those of processes', () => {
  const { credentials } = temporaryRegistry().registry;
  credentials.put(flows, { hash: 'a', replace: false, now: 1 });
  credentials.put(device, { hash: 'a', replace: false, now: 1 });
  expect(credentials.devices().map(({ username }) => username)).toEqual(['school/room-1']);
});
