import { request as httpRequest } from 'node:http';
import { expect, test } from 'vitest';
import { userRule } from '../../../gateway/access/login-throttle.ts';
import { cookieOf, password, problemIn, startHttpGateway } from './http-gateway.ts';

const session = '/api/v1/session';

test('a person signs in, is known, and signs out', async () => {
  const { people, request, registry } = await startHttpGateway();
  await people.add({ name: 'ann', role: 'operator', password });
  const signedIn = await request('POST', session, { body: { username: 'ann', password } });
  expect(signedIn.status).toBe(200);
  expect(await signedIn.json()).toEqual({ username: 'ann', role: 'operator' });
  const cookie = cookieOf(signedIn);
  expect(signedIn.headers.get('set-cookie')).toMatch(/^campus_session=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict$/);

  const self = await request('GET', session, { cookie });
  expect(await self.json()).toEqual({ username: 'ann', role: 'operator' });
  expect((await request('GET', '/api/v1/devices', { cookie })).status).toBe(200);

  const signedOut = await request('DELETE', session, { cookie });
  expect([signedOut.status, await signedOut.text()]).toEqual([204, '']);
  expect(signedOut.headers.get('set-cookie')).toMatch(/^campus_session=; .*Expires=Thu, 01 Jan 1970/);
  expect(await problemIn(await request('GET', session, { cookie }))).toMatchObject({
    status: 401,
    code: 'not_authenticated',
  });
  expect(registry.audit.list({ limit: 9 }).map(({ actor, action }) => [actor, action])).toEqual([
    ['user:ann', 'session.end'],
    ['user:ann', 'session.create'],
  ]);
});

test('a session that is not used for half a day has ended', async () => {
  const { cookie, request, clock } = await startHttpGateway();
  const mine = await cookie('viewer');
  clock.pass(12 * 3600_000);
  expect((await request('GET', session, { cookie: mine })).status).toBe(401);
});

test('wrong credentials are told the same way, whether the name exists or not', async () => {
  const { people, request } = await startHttpGateway();
  await people.add({ name: 'ann', role: 'operator', password });
  const wrong = await problemIn(await request('POST', session, { body: { username: 'ann', password: 'x' } }));
  const unknown = await problemIn(await request('POST', session, { body: { username: 'nobody', password: 'x' } }));
  expect(wrong).toMatchObject({ status: 401, code: 'credentials_wrong' });
  expect(unknown).toEqual(wrong);
});

test('guessing is slowed down, with the time to wait in Retry-After', async () => {
  const { people, request, clock } = await startHttpGateway();
  await people.add({ name: 'ann', role: 'operator', password });
  for (let n = 0; n < userRule.free; n += 1) {
    await request('POST', session, { body: { username: 'ann', password: `guess-${n}` } });
  }
  const throttled = await request('POST', session, { body: { username: 'ann', password } });
  expect(throttled.headers.get('retry-after')).toBe('1');
  expect(await problemIn(throttled)).toMatchObject({ status: 429, code: 'rate_limited' });
  clock.pass(1000);
  expect((await request('POST', session, { body: { username: 'ann', password } })).status).toBe(200);
});

test.each([
  [{ username: 'ann' }],
  [{ username: 'ann', password: 1234 }],
  [{ username: 'ann', password: 'x', role: 'admin' }],
  [{ username: 'x'.repeat(65), password: 'x' }],
  [{ username: 'ann', password: 'x'.repeat(257) }],
  [[]],
  ['ann'],
])('%j is no attempt to sign in', async (body) => {
  const { request } = await startHttpGateway();
  expect(await problemIn(await request('POST', session, { body }))).toMatchObject({
    status: 400,
    code: 'request_invalid',
  });
});

test('a page of another origin can neither sign in nor change anything with the cookie', async () => {
  const { cookie, request, url, token, registry } = await startHttpGateway();
  const mine = await cookie('admin');
  const body = { name: 'grafana', role: 'viewer' };
  const tokens = '/api/v1/tokens';
  for (const headers of [
    { origin: 'http://evil.example' },
    { origin: 'null' },
    { origin: url, 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
  ]) {
    expect(await problemIn(await request('POST', tokens, { cookie: mine, body, headers }))).toMatchObject({
      code: 'forbidden',
    });
    const signIn = await request('POST', session, { body: { username: 'admin-1', password }, headers });
    expect(await problemIn(signIn)).toMatchObject({ status: 403, code: 'forbidden' });
  }
  expect(registry.tokens.list()).toEqual([]);
  const headers = { origin: url, 'sec-fetch-site': 'same-origin' };
  expect((await request('POST', tokens, { cookie: mine, body, headers })).status).toBe(201);
  const program = {
    token: token('admin'),
    body: { ...body, name: 'other' },
    headers: { origin: 'http://evil.example' },
  };
  expect((await request('POST', tokens, program)).status).toBe(201);
});

test('a token is preferred to a cookie', async () => {
  const { cookie, request, token } = await startHttpGateway();
  const mine = await cookie('viewer');
  expect((await request('GET', '/api/v1/users', { cookie: mine, token: token('admin') })).status).toBe(200);
  expect((await request('GET', '/api/v1/users', { cookie: mine, token: 'cet_wrong' })).status).toBe(401);
});

test.each(['Bearer', 'Bearer ', 'Basic YWRtaW46YWRtaW4=', 'Bearer a b'])('"%s" is no token', async (authorization) => {
  const { request } = await startHttpGateway();
  const response = await request('GET', '/api/v1/devices', { headers: { authorization } });
  expect(response.headers.get('www-authenticate')).toBe('Bearer realm="campus-edge"');
  expect((await problemIn(response)).status).toBe(401);
});

test('no password and no secret is in the log or the audit', async () => {
  const gateway = await startHttpGateway();
  const mine = await gateway.cookie('admin');
  const secrets = [password, mine.split('=')[1] ?? '', gateway.token('viewer'), 'mistyped-secret'];
  await gateway.request('GET', '/api/v1/devices', { token: secrets[2] });
  await gateway.request('POST', session, { body: { username: 'admin-1', password: 'mistyped-secret' } });
  await gateway.request('POST', session, { body: { username: 'admin-1', password: ['mistyped-secret'] } });
  const kept = gateway.logged() + JSON.stringify(gateway.registry.audit.list({ limit: 99 }));
  expect(secrets.filter((secret) => kept.includes(secret))).toEqual([]);
});

test('metrics are not for a name that an attacker made point here', async () => {
  const { url } = await startHttpGateway();
  const statusFor = (host: string): Promise<number | undefined> =>
    new Promise((resolve, reject) => {
      const request = httpRequest(`${url}/metrics`, { headers: { host } }, (response) => {
        response.resume();
        resolve(response.statusCode);
      });
      request.on('error', reject).end();
    });
  expect(
    await Promise.all(['localhost:8080', '127.0.0.1', '[::1]:8080', 'rebound.evil.example'].map(statusFor)),
  ).toEqual([200, 200, 200, 401]);
});
