import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { Authenticator } from '../../../gateway/access/authenticator.ts';
import { secretGateLimits, WorkGate } from '../../../gateway/access/work-gate.ts';
import { openAdmin, registryFile } from '../../../gateway/admin.ts';
import { problemIn, startHttpGateway } from './http-gateway.ts';

const script = join(import.meta.dirname, 'admin-writer.ts');

test('two processes write one registry at once, and neither loses anything', async () => {
  const { registry, home, get, token } = await startHttpGateway();
  const before = registry.credentials.revision();
  const child = fork(script, [home.dir, '40'], { execArgv: [] });
  const exited = once(child, 'exit');
  const answered = once(child, 'message');
  let learned = 0;
  let code: unknown;
  void exited.then(([status]) => {
    code = status;
  });
  while (code === undefined) {
    registry.devices.seen('school', `seen-${learned}`, learned);
    registry.audit.record({ actor: 'user:x', address: '::1', action: 'test', target: `${learned}`, outcome: 'ok' });
    learned += 1;
    // Some 500 messages a second that make the gateway write: far more than ever do.
    await delay(2);
  }
  expect(code).toBe(0);
  const [passwords] = (await answered) as [Record<string, string>];
  // What found the file taken by the other process waits in memory for the next turn.
  registry.flush();
  expect(registry.credentials.devices()).toHaveLength(40);
  expect(registry.tokens.list()).toHaveLength(39);
  expect(registry.db.prepare('SELECT count(*) AS n FROM devices').get()?.['n']).toBe(learned);
  expect(registry.audit.list({ limit: 1000, actor: 'cli:tester' })).toHaveLength(82);
  expect(registry.credentials.revision()).toBe(before + 41);

  const authenticator = new Authenticator({ credentials: registry.credentials, gate: new WorkGate(secretGateLimits) });
  expect(await authenticator.authenticate('school/added-7', passwords['added-7'] ?? '')).toMatchObject({
    device: 'added-7',
  });
  expect(await authenticator.authenticate('school/added-0', passwords['added-0'] ?? '')).toBeUndefined();
  const { audit } = (await get('/api/v1/audit?action=device.revoke', token('auditor'))) as { audit: object[] };
  expect(audit).toMatchObject([{ actor: 'cli:t*', address: 'local', target: 'school/added-0', outcome: 'ok' }]);
});

test('who comes while another program holds the registry is told to try again, and then can', async () => {
  const { home, request, token } = await startHttpGateway();
  const admin = token('admin');
  const body = { name: 'grafana', role: 'viewer' };
  const other = new DatabaseSync(registryFile(home));
  onTestFinished(() => other.close());
  other.exec('BEGIN IMMEDIATE');
  const meanwhile = await request('POST', '/api/v1/tokens', { token: admin, body });
  expect(await problemIn(meanwhile)).toMatchObject({
    status: 503,
    code: 'not_ready',
    detail: expect.stringContaining('try again'),
  });
  other.exec('COMMIT');
  expect((await request('POST', '/api/v1/tokens', { token: admin, body })).status).toBe(201);
});

test('what the command line changes holds at once for who is signed in', async () => {
  const { home, request, cookie, registry, token } = await startHttpGateway();
  const admin = openAdmin(home, { now: Date.now, actor: 'cli:tester' });
  const viewer = await cookie('viewer');
  const program = admin.createToken({ role: 'viewer' });
  expect((await request('GET', '/api/v1/devices', { cookie: viewer })).status).toBe(200);
  expect((await request('GET', '/api/v1/devices', { token: program.secret })).status).toBe(200);
  await admin.setPassword({ name: 'viewer-1', password: 'battery staple' });
  admin.revokeToken(program.id);
  expect((await request('GET', '/api/v1/devices', { cookie: viewer })).status).toBe(401);
  expect((await request('GET', '/api/v1/devices', { token: program.secret })).status).toBe(401);
  registry.devices.seen('school', 'room-1', 5);
  await admin.addDevice({ site: 'school', device: 'room-1' });
  await admin.addDevice({ site: 'school', device: 'never-seen' });
  admin.revokeDevice({ site: 'school', device: 'room-1' });
  expect(admin.listDevices()).toMatchObject([
    { id: 'never-seen', revoked: false, firstSeen: undefined },
    { id: 'room-1', revoked: true, firstSeen: 5, lastSeen: 5 },
  ]);
  const { devices } = (await (await request('GET', '/api/v1/devices', { token: token('viewer') })).json()) as {
    devices: object[];
  };
  expect(devices).toMatchObject([{ id: 'room-1', revoked: true }]);
  admin.close();
});
