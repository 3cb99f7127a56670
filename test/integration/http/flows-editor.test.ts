import { createServer, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { EDITOR_BODY_BYTES } from '../../../runtime/editor-proxy.ts';
import { until } from '../../support/until.ts';
import { problemIn, startHttpGateway } from './http-gateway.ts';

interface Seen {
  method: string;
  url: string;
  headers: IncomingMessage['headers'];
  body: string;
}

const secret = 'known-to-the-gateway';

/** What stands in for the flows process: keeps what it was asked, and echoes what comes by WebSocket connections. */
async function startUpstream(): Promise<{ port: number; seen: Seen[] }> {
  const seen: Seen[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const { method = '', url = '', headers } = request;
    seen.push({ method, url, headers, body: Buffer.concat(chunks).toString() });
    response.writeHead(url === '/refused' ? 400 : 200, { 'set-cookie': 'a=b', 'x-powered-by': 'Express' }).end('hello');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  onTestFinished(() => server.closeAllConnections());
  const address = server.address();
  return { port: typeof address === 'object' && address !== null ? address.port : 0, seen };
}

async function start() {
  const upstream = await startUpstream();
  const gateway = await startHttpGateway({ flowsEditor: { port: upstream.port, secret } });
  return { ...upstream, gateway };
}

describe('/flows/', () => {
  it('hands the requests of administrators on, without what is secret, with what makes the gateway known', async () => {
    const { gateway, seen } = await start();
    const cookie = await gateway.cookie('admin');
    const answer = await gateway.request('GET', '/flows/vendor/vendor.js?v=1', {
      cookie,
      headers: { 'x-campus-edge-editor': 'forged', 'x-forwarded-for': '::1' },
    });
    expect([answer.status, await answer.text()]).toEqual([200, 'hello']);
    expect(seen[0]).toMatchObject({ method: 'GET', url: '/vendor/vendor.js?v=1' });
    expect(seen[0]?.headers['x-campus-edge-editor']).toBe(secret);
    expect(Object.keys(seen[0]?.headers ?? {})).not.toEqual(expect.arrayContaining(['cookie']));
    expect(JSON.stringify(seen)).not.toContain('campus_session');
    expect(seen[0]?.headers['x-forwarded-for']).toBeUndefined();
    expect(answer.headers.get('set-cookie')).toBeNull();
    expect(answer.headers.get('x-powered-by')).toBeNull();
    expect(answer.headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
  });

  it.each(['viewer', 'operator', 'auditor'] as const)('is forbidden to a %s', async (role) => {
    const { gateway, seen } = await start();
    for (const path of ['/flows/', '/flows/flows', '/flows/comms', '/flows']) {
      expect((await gateway.request('GET', path, { cookie: await gateway.cookie(role) })).status, path).toBe(403);
    }
    expect(seen).toEqual([]);
  });

  it('is nothing for programs, nor for who has not signed in', async () => {
    const { gateway, seen } = await start();
    expect((await gateway.request('GET', '/flows/', { token: gateway.token('admin') })).status).toBe(403);
    expect((await gateway.request('GET', '/flows/')).status).toBe(401);
    expect(seen).toEqual([]);
  });

  it('takes no change from a page of another origin', async () => {
    const { gateway, seen } = await start();
    const cookie = await gateway.cookie('admin');
    for (const headers of [{ origin: 'https://evil.example' }, { 'sec-fetch-site': 'cross-site' }]) {
      expect((await gateway.request('POST', '/flows/flows', { cookie, headers, body: [] })).status).toBe(403);
    }
    expect(seen).toEqual([]);
  });

  it('notes who deployed, and what else was changed or refused', async () => {
    const { gateway, seen } = await start();
    const cookie = await gateway.cookie('admin');
    const headers = { 'node-red-deployment-type': 'nodes' };
    await gateway.request('POST', '/flows/flows', { cookie, headers, body: [{ id: 'x' }] });
    await gateway.request('POST', '/flows/refused', { cookie, body: {} });
    await gateway.request('GET', '/flows/flows', { cookie });
    expect(seen[0]?.body).toBe('[{"id":"x"}]');
    const rows = await until('the audit rows', () => {
      const found = gateway.registry.audit.list({ limit: 10 }).filter(({ action }) => action.startsWith('flows.'));
      return found.length === 2 && found;
    });
    expect(rows).toMatchObject([
      {
        action: 'flows.change',
        target: 'POST /flows/refused',
        outcome: 'refused',
        actor: expect.stringMatching(/^user:/),
      },
      { action: 'flows.deploy', target: 'POST /flows/flows', outcome: 'ok', detail: 'deployment type nodes' },
    ]);
  });

  it('hands bodies on as they came, and refuses those that are too large before the flows process hears of them', async () => {
    const { gateway, seen } = await start();
    const cookie = await gateway.cookie('admin');
    const send = (body: NonNullable<RequestInit['body']>, headers: Record<string, string> = {}) =>
      fetch(`${gateway.url}/flows/flows`, { method: 'POST', headers: { cookie, ...headers }, body, duplex: 'half' });
    const largest = Buffer.alloc(EDITOR_BODY_BYTES, 'x');
    expect((await send(largest, { 'content-type': 'application/json' })).status).toBe(200);
    expect((await send(new Blob(['a=b']).stream(), { 'content-type': 'text/x-any' })).status).toBe(200);
    expect(seen.map(({ body }) => body)).toEqual([largest.toString(), 'a=b']);

    const tooLarge = Buffer.alloc(EDITOR_BODY_BYTES + 1, 'x');
    // One that says how long it is, and one that does not.
    expect(await problemIn(await send(tooLarge))).toMatchObject({ status: 413, code: 'payload_too_large' });
    expect(await problemIn(await send(new Blob([tooLarge]).stream()))).toMatchObject({ status: 413 });
    expect(seen).toHaveLength(2);
    const rows = gateway.registry.audit.list({ limit: 10 }).filter(({ action }) => action === 'flows.deploy');
    // Of refusals that are alike there is one row.
    expect(rows.map(({ outcome }) => outcome)).toEqual(['refused', 'ok', 'ok']);
  });

  it('says so when the flows do not answer', async () => {
    const gateway = await startHttpGateway({ flowsEditor: { port: 1, secret } });
    const answer = await gateway.request('GET', '/flows/', { cookie: await gateway.cookie('admin') });
    expect(answer.status).toBe(503);
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
    expect(await answer.json()).toMatchObject({ code: 'flows_unavailable' });
  });

  it.each(['/flows/%2e%2e/api/v1/users', '/flows/..%2fapi', '/flows//evil.example/', '/flows/..;/x'])(
    'leads nowhere else: %s',
    async (path) => {
      const { gateway, port, seen } = await start();
      const answer = await rawRequest(gateway.url, path, await gateway.cookie('admin'));
      expect(answer).toMatch(/^HTTP\/1\.1 (200|400|404)/);
      // Whatever reaches the flows process reaches that process alone.
      for (const { headers } of seen) expect(headers.host).toBe(`127.0.0.1:${port}`);
    },
  );
});

/** Sends a path as it is written: fetch would tidy it up. */
function rawRequest(url: string, path: string, cookie: string): Promise<string> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname, () =>
      socket.write(
        `GET ${path} HTTP/1.1\r\nHost: ${hostname}:${port}\r\nCookie: ${cookie}\r\nConnection: close\r\n\r\n`,
      ),
    );
    let text = '';
    socket.on('data', (chunk) => {
      text += String(chunk);
    });
    socket.on('close', () => resolve(text));
    socket.on('error', reject);
  });
}
