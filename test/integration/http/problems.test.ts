import { once } from 'node:events';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { CampusError } from '../../../contract/errors.ts';
import { problemIn, startHttpGateway } from './http-gateway.ts';

test('what there is not is told as a problem', async () => {
  const { request, token } = await startHttpGateway();
  const viewer = token('viewer');
  for (const path of [
    '/api/v1/nope',
    '/api/v2/devices',
    '/api',
    '/nope.js',
    '/api/v1/devices/room-9',
    '/api/v1/alerts/nope',
  ]) {
    expect(await problemIn(await request('GET', path, { token: viewer })), path).toMatchObject({
      status: 404,
      code: 'not_found',
    });
  }
  expect(await problemIn(await request('PATCH', '/api/v1/devices', { token: viewer }))).toMatchObject({
    code: 'not_found',
  });
});

test.each([
  ['/api/v1/devices/Room-1', 'params/id'],
  ['/api/v1/devices/..%2f..%2fetc', 'params/id'],
  ['/api/v1/latest?measurement=', 'querystring/measurement'],
  ['/api/v1/latest?measurement=a&measurement=b', 'querystring/measurement'],
  ['/api/v1/latest?nope=1', 'querystring: must not have additional properties: nope'],
  ['/api/v1/series?measurement=a', 'querystring: must have required properties field'],
  ['/api/v1/series?measurement=a&field=b&aggregate=median', 'querystring/aggregate'],
  ['/api/v1/series?measurement=a&field=b&from=noon', 'querystring/from: expected ms or ISO 8601'],
  ['/api/v1/series?measurement=a&field=b&nope=1', 'querystring/nope'],
  ['/api/v1/alerts?state=closed', 'querystring/state'],
  ['/api/v1/rejects?cursor=-1', 'querystring/cursor'],
  ['/%zz', "'/%zz' is not a valid url component"],
])('%s is refused with where and why', async (path, detail) => {
  const { request, token } = await startHttpGateway();
  const problem = await problemIn(await request('GET', path, { token: token('viewer') }));
  expect(problem).toMatchObject({ status: 400, code: 'request_invalid', detail: expect.stringContaining(detail) });
});

test('a body that is no JSON, of another type or too large is refused', async () => {
  const { request, url } = await startHttpGateway();
  const post = (body: string, type: string) =>
    fetch(`${url}/api/v1/session`, { method: 'POST', body, headers: { 'content-type': type } });
  expect(await problemIn(await post('{"username":', 'application/json'))).toMatchObject({
    status: 400,
    code: 'request_invalid',
  });
  expect(await problemIn(await post('', 'application/json'))).toMatchObject({ status: 400, code: 'request_invalid' });
  expect(await problemIn(await post('a=b', 'application/x-www-form-urlencoded'))).toMatchObject({
    status: 415,
    code: 'request_invalid',
  });
  expect(await problemIn(await post('{"__proto__":{"x":1}}', 'application/json'))).toMatchObject({ status: 400 });
  const large = await request('POST', '/api/v1/session', { body: { username: 'a', password: 'x'.repeat(70_000) } });
  expect(await problemIn(large)).toMatchObject({ status: 413, code: 'payload_too_large' });
});

test('who may not do it is told so before the body is read', async () => {
  const { request } = await startHttpGateway();
  const response = await request('POST', '/api/v1/users', { body: { x: 'y'.repeat(70_000) } });
  expect((await problemIn(response)).status).toBe(401);
});

test('an error of the inside goes to the log and not to the client', async () => {
  const gateway = await startHttpGateway({
    store: { seriesJson: () => Promise.reject(new Error('cannot open /var/lib/campus-edge/secret.duckdb')) },
  });
  const path = '/api/v1/series?measurement=a&field=b';
  const problem = await problemIn(await gateway.request('GET', path, { token: gateway.token('viewer') }));
  expect(problem).toMatchObject({ status: 500, code: 'internal' });
  expect(problem.detail).not.toContain('secret');
  expect(gateway.logged()).toContain('secret.duckdb');
});

test('a store that does not answer is a problem of its own', async () => {
  const { request, token } = await startHttpGateway({
    store: { seriesJson: () => Promise.reject(new CampusError('store_unavailable', 'influxd does not answer')) },
  });
  const path = '/api/v1/series?measurement=a&field=b';
  expect(await problemIn(await request('GET', path, { token: token('viewer') }))).toMatchObject({
    status: 503,
    code: 'store_unavailable',
  });
});

test('health and readiness need no account and tell no more than that', async () => {
  let isReady = false;
  const { request } = await startHttpGateway({ readiness: () => isReady });
  expect(await (await request('GET', '/healthz')).json()).toEqual({ status: 'ok' });
  expect(await problemIn(await request('GET', '/readyz'))).toMatchObject({ status: 503, code: 'not_ready' });
  isReady = true;
  expect(await (await request('GET', '/readyz')).json()).toEqual({ status: 'ready' });
});

test('every answer has the security headers and none says what serves it', async () => {
  const { request, token } = await startHttpGateway();
  for (const [path, status] of [
    ['/healthz', 200],
    ['/nope', 404],
    ['/%zz', 400],
    ['/api/v1/devices', 200],
    ['/api/v1/users', 403],
  ] as const) {
    const response = await request('GET', path, { token: token('viewer') });
    expect(response.status, path).toBe(status);
    expect(Object.fromEntries(response.headers), path).toMatchObject({
      'content-security-policy':
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; manifest-src 'self'; object-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'",
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
    });
    // It is plain text: a promise to come by TLS only would be none.
    expect(response.headers.get('strict-transport-security'), path).toBeNull();
    expect([response.headers.get('server'), response.headers.get('x-powered-by')], path).toEqual([null, null]);
    if (path.startsWith('/api/')) expect(response.headers.get('cache-control'), path).toBe('no-store');
    expect(await response.text()).not.toContain('9.8.7');
  }
});

test.each([
  '\x16\x03\x01 TLS hello',
  'GET / HTTP/1.1\r\nHost: a\r\nBad Header\r\n\r\n',
  `GET /${'x'.repeat(20_000)} HTTP/1.1\r\nHost: a\r\n\r\n`,
])('what is not HTTP gets a problem and the connection ends: %#', async (bytes) => {
  const { url } = await startHttpGateway();
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  await once(socket, 'connect');
  socket.write(bytes);
  const answer = await text(socket);
  expect(answer).toMatch(/^HTTP\/1.1 400 /);
  expect(JSON.parse(answer.split('\r\n\r\n')[1] ?? '')).toMatchObject({ code: 'request_invalid' });
});

test('the API is documented, with every route and no product version', async () => {
  const { request, app } = await startHttpGateway();
  const page = await request('GET', '/api/docs');
  expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
  const openapi = (await (await request('GET', '/api/docs/json')).json()) as {
    paths: Record<string, Record<string, unknown>>;
  };
  const documented = Object.entries(openapi.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ':$1')}`),
  );
  const declared = app.declaredRoutes.flatMap(({ method, path, summary }) =>
    summary === undefined ? [] : [`${method} ${path}`],
  );
  expect(documented.filter((route) => !route.startsWith('HEAD')).toSorted()).toEqual(declared.toSorted());
  expect(JSON.stringify(openapi)).not.toContain('9.8.7');
});
