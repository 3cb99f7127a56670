import { expect, onTestFinished, test } from 'vitest';
import { type Admin, openAdmin } from '../../gateway/admin.ts';
import { openHome } from '../../runtime/home.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { Clock } from './registry/temporary-registry.ts';

function open(): Admin {
  const admin = openAdmin(openHome(temporaryDirectory()), { now: new Clock().now, actor: 'cli:tester' });
  onTestFinished(() => admin.close());
  return admin;
}

const room = { site: 'school', device: 'room-1' };

test('the command line works before the gateway ever ran', async () => {
  const admin = open();
  expect(await admin.addDevice(room)).toMatchObject({ site: 'school', username: 'school/room-1' });
  expect(admin.listDevices()).toMatchObject([{ id: 'room-1', site: 'school', revoked: false }]);
  await expect(admin.addDevice(room)).rejects.toMatchObject({ code: 'already_exists' });
  const rotated = await admin.rotateDevice(room);
  expect(rotated.password).toMatch(/^[\w-]{32}$/);
  admin.revokeDevice(room);
  expect(admin.listDevices()).toMatchObject([{ id: 'room-1', revoked: true }]);
});

test('users and tokens', async () => {
  const admin = open();
  await admin.addUser({ name: 'ann', role: 'admin', password: 'correct horse' });
  await admin.setPassword({ name: 'ann', password: 'battery staple' });
  expect(admin.listUsers()).toMatchObject([{ name: 'ann', role: 'admin' }]);
  expect(() => admin.removeUser('ann')).toThrow(expect.objectContaining({ code: 'state_conflict' }));
  const token = admin.createToken({ name: 'grafana', role: 'viewer' });
  expect(token).toMatchObject({ name: 'grafana', createdBy: 'cli:tester', secret: expect.stringMatching(/^cet_/) });
  expect(() => admin.createToken({ name: 'grafana', role: 'viewer' })).toThrow(
    expect.objectContaining({ code: 'already_exists' }),
  );
  expect(() => admin.createToken({ name: 'Gra fana', role: 'viewer' })).toThrow(
    expect.objectContaining({ code: 'request_invalid' }),
  );
  expect(JSON.stringify(admin.listTokens())).not.toContain(token.secret);
  admin.revokeToken('grafana');
  expect(admin.listTokens()).toEqual([]);
  expect(() => admin.revokeToken('grafana')).toThrow(expect.objectContaining({ code: 'not_found' }));
});
