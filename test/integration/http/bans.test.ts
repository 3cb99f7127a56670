import { expect, test } from 'vitest';
import { mqttBanRule } from '../../../gateway/access/bans.ts';
import { noteRunning } from '../../../runtime/running.ts';
import { campusEdge } from '../../cli/invocation.ts';
import { problemIn, startHttpGateway } from './http-gateway.ts';

test('who failed too often is listed, and may try again once an administrator says so', async () => {
  const gateway = await startHttpGateway();
  const { app, bans, people, get, request, registry } = gateway;
  const admin = gateway.token('admin');
  expect(await get('/api/v1/bans', admin)).toEqual({ bans: [] });
  for (let n = 0; n < mqttBanRule.failures; n += 1) bans.failed('2001:db8::7');
  await people.add({ name: 'ann', role: 'viewer', password: 'correct horse' });
  const signIn = (password: string) =>
    app.inject({
      ...{ method: 'POST', url: '/api/v1/session', remoteAddress: '192.0.2.7' },
      payload: { username: 'ann', password },
    });
  for (let n = 0; n < 5; n += 1) await signIn('wrong');
  expect((await signIn('correct horse')).statusCode).toBe(429);
  const listed = await get('/api/v1/bans', admin);
  expect(listed).toMatchObject({
    bans: expect.arrayContaining([
      expect.objectContaining({ kind: 'mqtt-address', subject: '2001:db8:0:0::/64', failures: mqttBanRule.failures }),
      expect.objectContaining({ kind: 'sign-in-address', subject: '192.0.2.7', failures: 5 }),
    ]),
  });
  for (const path of ['sign-in-address/192.0.2.7', `mqtt-address/${encodeURIComponent('2001:db8:0:0::/64')}`])
    expect((await request('DELETE', `/api/v1/bans/${path}`, { token: admin })).status).toBe(204);
  expect(await get('/api/v1/bans', admin)).toEqual({ bans: [] });
  expect((await signIn('correct horse')).statusCode).toBe(200);
  const again = await request('DELETE', '/api/v1/bans/sign-in-address/192.0.2.7', { token: admin });
  expect(await problemIn(again)).toMatchObject({ status: 404, code: 'not_found' });
  expect(registry.audit.list({ limit: 9, action: 'ban.lift' })).toMatchObject([
    { target: '2001:db8:0:0::/64', detail: 'mqtt-address' },
    { target: '192.0.2.7', detail: 'sign-in-address' },
  ]);
});

test('the command line lists and lifts them', async () => {
  const { bans, home, url } = await startHttpGateway();
  noteRunning(home.gatewayDir, { url });
  for (let n = 0; n < mqttBanRule.failures; n += 1) bans.failed('192.0.2.7');
  const run = (...argv: string[]) => campusEdge(['--home', home.dir, '--lang', 'en', 'ban', ...argv]);
  expect((await run('list')).stdout).toMatch(/mqtt-address +192\.0\.2\.7 +60 /);
  expect(JSON.parse((await run('list', '--json')).stdout)).toMatchObject({ bans: [{ subject: '192.0.2.7' }] });
  expect(await run('lift', '192.0.2.7')).toMatchObject({ exitCode: 0, stdout: '192.0.2.7 may try again\n' });
  expect(bans.list()).toEqual([]);
  expect((await run('lift', '192.0.2.7')).exitCode).not.toBe(0);
});

test('without a gateway there is nothing to ask', async () => {
  const { home } = await startHttpGateway();
  const outcome = await campusEdge(['--home', home.dir, '--lang', 'en', 'ban', 'list']);
  expect(outcome.exitCode).not.toBe(0);
  expect(outcome.stderr).toContain('found none');
});
