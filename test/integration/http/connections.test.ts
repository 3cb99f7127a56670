import { createConnection, type Socket } from 'node:net';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import type { Broker } from '../../../gateway/broker/broker.ts';
import { acceptWebSockets } from '../../../gateway/broker/websocket.ts';
import { until } from '../../support/until.ts';
import { type HttpGateway, startHttpGateway } from './http-gateway.ts';

/** A connection that sends `text` and then nothing. */
async function idle({ url }: HttpGateway, text = ''): Promise<Socket> {
  const { hostname, port } = new URL(url);
  const socket = createConnection({ host: hostname, port: Number(port), allowHalfOpen: true });
  socket.on('error', () => {
    // The server resets what it does not want; `destroyed` tells.
  });
  socket.resume();
  onTestFinished(() => void socket.destroy());
  await new Promise((resolve) => socket.once('connect', resolve));
  socket.write(text);
  return socket;
}

test.each([
  ['say nothing', ''],
  ['send half a request', 'GET /healthz HTTP/1.1\r\nHost: x\r\n'],
  ['send half a body', 'POST /api/v1/alerts/x/close HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n{'],
])('a thousand connections that %s keep nobody out', async (_what, text) => {
  const gateway = await startHttpGateway();
  const token = gateway.token('viewer');
  const many: Socket[] = [];
  while (many.length < 1000) many.push(...(await Promise.all(Array.from({ length: 100 }, () => idle(gateway, text)))));
  expect((await gateway.request('GET', '/api/v1/devices', { token })).status).toBe(200);
  await until('the oldest had to go', () => many[0]?.destroyed === true);
  expect(gateway.registry.audit.list({ limit: 1, action: 'http.connect' })).toMatchObject([{ outcome: 'refused' }]);
  const metrics = await (await gateway.request('GET', '/metrics', { token })).text();
  expect(metrics).toMatch(/campus_http_refusals_total\{status="connection"\} [1-9]/);
});

test('a stream stays, however many come after it', async () => {
  const gateway = await startHttpGateway();
  const authorization = `Authorization: Bearer ${gateway.token('viewer')}`;
  const stream = await idle(gateway, `GET /api/v1/stream HTTP/1.1\r\nHost: x\r\n${authorization}\r\n\r\n`);
  await new Promise((resolve) => stream.once('data', resolve));
  for (let round = 0; round < 7; round += 1) await Promise.all(Array.from({ length: 100 }, () => idle(gateway)));
  expect(stream.destroyed).toBe(false);
});

test('headers beyond 8 KiB are refused, and what is refused is counted', async () => {
  const gateway = await startHttpGateway();
  const long = await gateway.request('GET', '/healthz', { headers: { 'x-long': 'x'.repeat(9000) } });
  expect([400, 431]).toContain(long.status);
  await gateway.request('GET', '/api/v1/devices');
  const metrics = await (await gateway.request('GET', '/metrics')).text();
  expect(metrics).toMatch(/campus_http_refusals_total\{status="401"\} 1/);
  expect(metrics).toMatch(/campus_http_refusals_total\{status="400"\} 1/);
});

test.each(['/nothing', '/mqtt', '/flows/comms'])(
  'a WebSocket for %s that is refused ends, although its client holds on to it',
  async (path) => {
    const gateway = await startHttpGateway();
    const { server } = gateway.app;
    const nobody: Pick<Broker, 'accept'> = { accept: () => undefined };
    // The editor's own listener takes what is its own, as in the gateway.
    acceptWebSockets(server, nobody, ({ url }) => url === '/flows/comms');
    const upgrade = `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`;
    for (let count = 0; count < 20; count += 1) await idle(gateway, upgrade);
    const open = promisify(server.getConnections.bind(server));
    await until('all are gone', async () => (await open()) === 0);
  },
);
