import { expect, test } from 'vitest';
import { type RateClass, rateClasses } from '../../../gateway/http/rate-limits.ts';
import { type HttpGateway, problemIn, startHttpGateway } from './http-gateway.ts';

/** What a token narrowed to `metrics` gets at an address. */
async function narrowed(gateway: HttpGateway, paths: readonly string[]): Promise<number[]> {
  const { registry, clock } = gateway;
  const added = registry.tokens.add({ role: 'admin', scopes: ['metrics'], createdBy: 'test', now: clock.time });
  const answers = paths.map((path) => gateway.request('GET', path, { token: added?.secret }));
  return Promise.all(answers.map(async (answer) => (await answer).status));
}

/** An answer to somebody at an address of his own, which no test of a real socket on this machine has. */
async function from(address: string, { app }: HttpGateway, path: string, headers: Record<string, string> = {}) {
  const { statusCode, headers: answered } = await app.inject({ url: path, remoteAddress: address, headers });
  return { status: statusCode, retryAfter: answered['retry-after'] };
}

async function statusesFrom(address: string, count: number, gateway: HttpGateway, path: string, token?: string) {
  const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const answers = await Promise.all(Array.from({ length: count }, () => from(address, gateway, path, headers)));
  return Object.groupBy(answers, ({ status }) => String(status));
}

test('a token reaches the routes of its scopes, its own session, and nothing else, whatever its role', async () => {
  const gateway = await startHttpGateway();
  const paths = ['/metrics', '/api/v1/session', '/api/v1/about', '/api/v1/devices', '/api/v1/users', '/api/v1/audit'];
  expect(await narrowed(gateway, paths)).toEqual([200, 200, 200, 403, 403, 403]);
  expect(gateway.registry.audit.list({ limit: 1 })).toMatchObject([
    { outcome: 'refused', detail: 'needs the scope audit, has metrics' },
  ]);
});

test('a token with the scope accounts makes nothing that is wider than itself', async () => {
  const { registry, clock, request } = await startHttpGateway();
  const scopes = ['accounts', 'metrics'] as const;
  const made = registry.tokens.add({ role: 'admin', scopes, createdBy: 'test', now: clock.time });
  const token = made?.secret;
  const attempt = async (method: string, path: string, body: object) =>
    (await request(method, `/api/v1/${path}`, { token, body })).status;
  expect(await attempt('POST', 'tokens', { name: 'same', role: 'admin', scopes: ['accounts', 'metrics'] })).toBe(201);
  expect(await attempt('POST', 'tokens', { name: 'narrow', role: 'viewer', scopes: ['metrics'] })).toBe(201);
  expect(await attempt('POST', 'tokens', { name: 'other', role: 'viewer', scopes: ['metrics', 'audit'] })).toBe(403);
  expect(await attempt('POST', 'tokens', { name: 'wide', role: 'admin' })).toBe(403);
  expect(await attempt('POST', 'users', { name: 'eve', role: 'viewer', password: 'battery staple' })).toBe(403);
  expect(await attempt('PUT', 'users/admin/password', { password: 'battery staple' })).toBe(403);
  expect(registry.users.list()).toEqual([]);
  expect(registry.tokens.list().map(({ name }) => name)).not.toContain('wide');
  expect(registry.audit.list({ limit: 9, action: 'token.create', outcome: 'refused' })).toMatchObject([
    { detail: 'forbidden: wider than its maker, scopes metrics audit', count: 2 },
  ]);
  const whole = registry.tokens.add({ role: 'admin', createdBy: 'test', now: clock.time });
  const body = { name: 'wide', role: 'admin' };
  expect((await request('POST', '/api/v1/tokens', { token: whole?.secret, body })).status).toBe(201);
});

test('a token makes none that outlives it', async () => {
  const { registry, clock, request } = await startHttpGateway();
  const day = 24 * 3600 * 1000;
  const expiresAt = clock.time + 10 * day;
  const made = registry.tokens.add({ role: 'admin', createdBy: 'test', now: clock.time, expiresAt });
  const make = async (name: string, days?: number) => {
    const body = { name, role: 'viewer', ...(days === undefined ? {} : { days }) };
    const answer = await request('POST', '/api/v1/tokens', { token: made?.secret, body });
    return { status: answer.status, ...((await answer.json()) as { expires_at?: number; detail?: string }) };
  };
  expect(await make('as-long')).toMatchObject({ status: 201, expires_at: expiresAt });
  expect(await make('shorter', 3)).toMatchObject({ status: 201, expires_at: clock.time + 3 * day });
  expect(await make('longer', 11)).toMatchObject({ status: 403, detail: expect.stringContaining('outlives') });
  expect(registry.audit.list({ limit: 9, action: 'token.create', outcome: 'refused' })).toMatchObject([
    { detail: 'forbidden: longer than its maker, 11 days' },
  ]);
});

test('a token that has expired is nobody, and the audit log names it', async () => {
  const gateway = await startHttpGateway();
  const { tokens } = gateway.registry;
  const added = tokens.add({ name: 'grafana', role: 'viewer', createdBy: 'test', now: gateway.clock.time });
  gateway.clock.pass(365 * 24 * 3600 * 1000);
  const answer = await gateway.request('GET', '/api/v1/devices', { token: added?.secret });
  expect(await problemIn(answer)).toMatchObject({ status: 401, detail: expect.stringContaining('expired') });
  expect(gateway.registry.audit.list({ limit: 1 })).toMatchObject([
    { actor: 'token:grafana', detail: 'expired token' },
  ]);
});

test('who asks too often waits, and nobody else does', async () => {
  const gateway = await startHttpGateway();
  const [busy, other] = [gateway.token('viewer'), gateway.token('viewer')];
  const { burst } = rateClasses.read;
  const answers = await statusesFrom('192.0.2.7', 2 * burst, gateway, '/api/v1/devices', busy);
  expect(answers['429']?.length).toBeGreaterThan(burst / 2);
  expect(answers['429']?.[0]?.retryAfter).toBe('1');
  expect(answers['200']?.length).toBeGreaterThanOrEqual(burst);
  expect(await from('192.0.2.7', gateway, '/api/v1/devices', { authorization: `Bearer ${other}` })).toMatchObject({
    status: 200,
  });
  const rows = gateway.registry.audit.list({ limit: 9, outcome: 'refused' });
  expect(rows).toMatchObject([{ detail: 'too many requests of the kind read', count: answers['429']?.length }]);
});

test('wrong tokens are refused cheaply once there were many, and a right one from the same address is not', async () => {
  const gateway = await startHttpGateway();
  const right = gateway.token('viewer');
  const { burst } = rateClasses.failure;
  const answers = await statusesFrom('192.0.2.7', 4 * burst, gateway, '/api/v1/devices', 'cet_wrong');
  expect(answers['401']?.length).toBeGreaterThanOrEqual(burst);
  expect(answers['429']?.length).toBeGreaterThan(burst);
  expect(await from('192.0.2.7', gateway, '/api/v1/devices', { authorization: `Bearer ${right}` })).toMatchObject({
    status: 200,
  });
});

test.each([
  ['page', '/healthz'],
  ['page', '/nothing-here.js'],
] as const)('strangers are counted by their address: %s %s', async (rate: RateClass, path) => {
  const gateway = await startHttpGateway();
  const { burst } = rateClasses[rate];
  const flood = Array.from({ length: burst + 1000 }, (_, index) => from(`2001:db8::${index % 9}`, gateway, path));
  const neighbour = from('2001:db8:0:1::7', gateway, path);
  const refused = (await Promise.all(flood)).filter(({ status }) => status === 429);
  // The whole /64 is one person's, and the next one another's.
  expect(refused.length).toBeGreaterThan(0);
  expect(refused.length).toBeLessThanOrEqual(1000);
  expect((await neighbour).status).not.toBe(429);
});

test('a body larger than its route takes is refused before it is read', async () => {
  const { request, token } = await startHttpGateway();
  const admin = token('admin');
  const note = 'x'.repeat(20_000);
  const large = await request('POST', '/api/v1/users', { token: admin, body: { name: note } });
  expect(await problemIn(large)).toMatchObject({ status: 413, code: 'payload_too_large' });
  const needless = await request('DELETE', '/api/v1/users/nobody', { token: admin, body: { note: 'x'.repeat(100) } });
  expect(await problemIn(needless)).toMatchObject({ status: 413, code: 'payload_too_large' });
});

test('over TLS browsers are told to come by nothing else', async () => {
  const { app } = await startHttpGateway();
  const request = { protocol: 'https', url: '/' };
  const { setSecurityHeaders } = await import('../../../gateway/http/security-headers.ts');
  const set: Record<string, string> = {};
  const reply = { header: (name: string, value: string) => Object.assign(set, { [name]: value }), headers: () => {} };
  Reflect.apply(setSecurityHeaders, app, [reply, request]);
  expect(set['strict-transport-security']).toBe('max-age=31536000');
});
