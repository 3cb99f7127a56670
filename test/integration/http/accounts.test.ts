import { expect, test } from 'vitest';
import { problemIn, startHttpGateway } from './http-gateway.ts';

test('tokens are made, shown once, listed without their secret, and revoked', async () => {
  const { get, token, request, registry, clock } = await startHttpGateway();
  const admin = token('admin');
  clock.pass(1);
  const made = await request('POST', '/api/v1/tokens', { token: admin, body: { name: 'grafana', role: 'viewer' } });
  expect(made.status).toBe(201);
  const { id, token: secret } = (await made.json()) as { id: string; token: string };
  expect((await request('GET', '/api/v1/devices', { token: secret })).status).toBe(200);
  const listed = await get('/api/v1/tokens', admin);
  expect(listed).toMatchObject({
    tokens: [{}, { id, name: 'grafana', role: 'viewer', created_by: expect.stringContaining('token:') }],
  });
  expect(JSON.stringify(listed)).not.toContain(secret);
  const again = await request('POST', '/api/v1/tokens', { token: admin, body: { name: 'grafana', role: 'admin' } });
  expect(await problemIn(again)).toMatchObject({ status: 409, code: 'already_exists' });
  expect((await request('DELETE', `/api/v1/tokens/${id}`, { token: admin })).status).toBe(204);
  expect((await request('GET', '/api/v1/devices', { token: secret })).status).toBe(401);
  expect(await problemIn(await request('DELETE', `/api/v1/tokens/${id}`, { token: admin }))).toMatchObject({
    code: 'not_found',
  });
  expect(registry.audit.list({ limit: 9, outcome: 'ok' }).map(({ action, target }) => [action, target])).toEqual([
    ['token.revoke', id],
    ['token.create', id],
  ]);
});

test('users are added, get a new password, and are removed', async () => {
  const { get, token, request, registry } = await startHttpGateway();
  const admin = token('admin');
  const signIn = async (word: string) =>
    (await request('POST', '/api/v1/session', { body: { username: 'ann', password: word } })).status;
  const body = { name: 'ann', role: 'admin', password: 'first password' };
  expect((await request('POST', '/api/v1/users', { token: admin, body })).status).toBe(201);
  expect(await problemIn(await request('POST', '/api/v1/users', { token: admin, body }))).toMatchObject({
    code: 'already_exists',
  });
  expect(await signIn('first password')).toBe(200);
  const change = { token: admin, body: { password: 'second password' } };
  expect((await request('PUT', '/api/v1/users/ann/password', change)).status).toBe(204);
  expect([await signIn('first password'), await signIn('second password')]).toEqual([401, 200]);
  expect(await problemIn(await request('PUT', '/api/v1/users/bob/password', change))).toMatchObject({
    code: 'not_found',
  });
  const listed = await get('/api/v1/users', admin);
  expect(listed).toMatchObject({ users: [{ name: 'ann', role: 'admin' }] });
  expect(JSON.stringify(listed)).not.toContain('scrypt');
  expect(await problemIn(await request('DELETE', '/api/v1/users/ann', { token: admin }))).toMatchObject({
    status: 409,
    code: 'state_conflict',
  });
  await request('POST', '/api/v1/users', { token: admin, body: { ...body, name: 'bob' } });
  expect((await request('DELETE', '/api/v1/users/ann', { token: admin })).status).toBe(204);
  expect(registry.audit.list({ limit: 99 }).map(({ action }) => action)).toEqual(
    expect.arrayContaining(['user.add', 'user.password', 'user.remove']),
  );
  for (const wrong of [
    { ...body, name: 'A' },
    { ...body, role: 'root' },
    { ...body, password: 'short77' },
  ]) {
    expect(await problemIn(await request('POST', '/api/v1/users', { token: admin, body: wrong }))).toMatchObject({
      code: 'request_invalid',
    });
  }
});
