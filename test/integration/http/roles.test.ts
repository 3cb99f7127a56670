import { expect, test } from 'vitest';
import { type Role, roleAllows, roles } from '../../../gateway/access/roles.ts';
import type { DeclaredRoute } from '../../../gateway/http/route-declaration.ts';
import { type HttpGateway, problemIn, startHttpGateway } from './http-gateway.ts';

/** Who may use what, written down a second time and by hand: a change of a declaration has to be made here, too. */
const expected: Readonly<Record<string, string>> = {
  'GET /healthz': 'public',
  'GET /readyz': 'public',
  'GET /metrics': 'viewer-or-local',
  'GET /api/v1/about': 'viewer',
  'POST /api/v1/session': 'public',
  'GET /api/v1/session': 'signed-in',
  'DELETE /api/v1/session': 'signed-in',
  'GET /api/v1/devices': 'viewer',
  'GET /api/v1/devices/:id': 'viewer',
  'POST /api/v1/devices/:id/commands': 'operator',
  'GET /api/v1/devices/:id/commands': 'viewer',
  'GET /api/v1/devices/:id/commands/:command': 'viewer',
  'POST /api/v1/self/commands': 'public',
  'POST /api/v1/self/commands/:command': 'public',
  'POST /api/v1/device-accounts': 'admin',
  'DELETE /api/v1/device-accounts/:id': 'admin',
  'GET /api/v1/ca': 'public',
  'GET /api/v1/ca.crt': 'public',
  'GET /api/v1/ca.crl': 'public',
  'POST /api/v1/join/requests': 'public',
  'POST /api/v1/join/requests/state': 'public',
  'GET /api/v1/join-requests': 'admin',
  'POST /api/v1/join-requests/:id/approve': 'admin',
  'POST /api/v1/join-requests/:id/reject': 'admin',
  'POST /api/v1/join': 'public',
  'POST /api/v1/join/renew': 'public',
  'GET /api/v1/join-tokens': 'admin',
  'POST /api/v1/join-tokens': 'admin',
  'DELETE /api/v1/join-tokens/:id': 'admin',
  'GET /api/v1/latest': 'viewer',
  'GET /api/v1/series': 'viewer',
  'GET /api/v1/alerts': 'viewer',
  'GET /api/v1/alerts/:id': 'viewer',
  'POST /api/v1/alerts/:id/acknowledge': 'operator',
  'POST /api/v1/alerts/:id/close': 'operator',
  'GET /api/v1/events': 'viewer',
  'GET /api/v1/rejects': 'viewer',
  'POST /api/v1/alerts/:id/reveal': 'operator',
  'GET /api/v1/audit': 'auditor',
  'POST /api/v1/audit/:id/reveal': 'auditor',
  'GET /api/v1/privacy/report': 'auditor',
  'GET /api/v1/tokens': 'admin',
  'POST /api/v1/tokens': 'admin',
  'DELETE /api/v1/tokens/:id': 'admin',
  'GET /api/v1/users': 'admin',
  'POST /api/v1/users': 'admin',
  'PUT /api/v1/users/:name/password': 'admin',
  'DELETE /api/v1/users/:name': 'admin',
  'GET /api/v1/bans': 'admin',
  'DELETE /api/v1/bans/:kind/:subject': 'admin',
  'GET /api/v1/stream': 'viewer',
  'GET /api/v1/export': 'operator',
  'GET /api/v1/backups': 'admin',
  'POST /api/v1/backups': 'admin',
  'GET /api/v1/backups/:name': 'admin',
  'DELETE /api/v1/backups/:name': 'admin',
};

/** The routes that serve the files of a page say nothing about what they do. */
const described = ({ declaredRoutes }: HttpGateway['app']): DeclaredRoute[] =>
  declaredRoutes.filter(({ summary }) => summary !== undefined);

async function statusFor(gateway: HttpGateway, { method, path }: DeclaredRoute, token?: string): Promise<number> {
  // A machine that asks /metrics through a proxy is not local.
  const headers = { 'x-forwarded-for': '192.0.2.1' };
  const response = await gateway.request(method, path.replaceAll(/:\w+/g, 'some-name'), { token, headers });
  if (response.status === 401 || response.status === 403) {
    expect((await problemIn(response)).code).toBe(response.status === 401 ? 'not_authenticated' : 'forbidden');
  } else {
    await response.body?.cancel();
  }
  return response.status;
}

test('every route is for whom it should be', async () => {
  const { app } = await startHttpGateway();
  const declared = Object.fromEntries(described(app).map(({ method, path, role }) => [`${method} ${path}`, role]));
  expect(declared).toEqual(expected);
  const pages = app.declaredRoutes.filter(({ summary }) => summary === undefined);
  const others = pages.filter(
    ({ method, path }) => method !== 'GET' || (path !== '/*' && !path.startsWith('/api/docs')),
  );
  // The editor of the flows has pages and an API of its own, which Node-RED documents.
  expect(others.filter(({ path, role }) => !/^\/flows(\/\*?)?$/.test(path) || role !== 'admin')).toEqual([]);
  expect(new Set(others.map(({ method }) => method))).toEqual(new Set(['GET', 'POST', 'PUT', 'DELETE']));
});

test.each([undefined, ...roles])('as %s every route answers or refuses as declared', async (role: Role | undefined) => {
  const gateway = await startHttpGateway();
  const token = role && gateway.token(role);
  for (const route of described(gateway.app)) {
    const status = await statusFor(gateway, route, token);
    const what = `${role ?? 'nobody'}: ${route.method} ${route.path} → ${status}`;
    if (route.role === 'public') expect([200, 400, 404], what).toContain(status);
    else if (role === undefined) expect(status, what).toBe(401);
    else if (!roleAllows(role, route.role)) expect(status, what).toBe(403);
    else expect([200, 202, 204, 400, 404, 409], what).toContain(status);
  }
});

test('refusals are in the audit log, with who and what', async () => {
  const gateway = await startHttpGateway();
  await gateway.request('GET', '/api/v1/users', { token: gateway.token('viewer') });
  await gateway.request('GET', '/api/v1/users', { token: 'cet_unknown' });
  const rows = gateway.registry.audit.list({ limit: 9 });
  expect(rows).toMatchObject([
    {
      actor: 'anonymous',
      action: 'http.request',
      target: 'GET /api/v1/users',
      outcome: 'refused',
      detail: 'unknown token',
    },
    {
      actor: expect.stringMatching(/^token:t-/),
      target: 'GET /api/v1/users',
      outcome: 'refused',
      address: '127.0.0.1',
    },
  ]);
});

test('a program on this machine reads the metrics without a token, a page or a proxy does not', async () => {
  const gateway = await startHttpGateway();
  const local = await gateway.request('GET', '/metrics');
  expect(local.status).toBe(200);
  expect(local.headers.get('content-type')).toContain('text/plain');
  expect(await local.text()).toContain('process_cpu_seconds_total');
  for (const headers of [{ 'x-forwarded-for': '192.0.2.1' }, { forwarded: 'for=192.0.2.1' }] as Record<
    string,
    string
  >[]) {
    expect((await gateway.request('GET', '/metrics', { headers })).status).toBe(401);
  }
  expect(
    (await gateway.request('GET', '/metrics', { token: gateway.token('viewer'), headers: { forwarded: 'x' } })).status,
  ).toBe(200);
  expect(
    (await gateway.request('GET', '/metrics', { token: gateway.token('auditor'), headers: { forwarded: 'x' } })).status,
  ).toBe(403);
});
