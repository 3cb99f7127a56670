import { once } from 'node:events';
import { connect } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import type { AlertRequest } from '../../../contract/alert.ts';
import type { LiveEvent } from '../../../gateway/http/live-feed.ts';
import { STREAMS_EACH, STREAMS_MAX } from '../../../gateway/http/stream-hub.ts';
import { until } from '../../support/until.ts';
import { type HttpGateway, problemIn, startHttpGateway } from './http-gateway.ts';
import { SseClient } from './sse-client.ts';

const telemetry = (n: number, padding = ''): LiveEvent => ({
  ...{ type: 'telemetry', site: 'school', device: 'room-1' },
  points: [{ site: 'school', device: 'room-1', measurement: 'system', time: n, tags: {}, fields: { n, padding } }],
});
const request: AlertRequest = {
  ...{
    action: 'raise',
    rule: 'offline',
    device: 'room-1',
    subject: '',
    class: 'facility-fault',
    level: 4,
    at: 1,
    evidence: {},
  },
  summary: { 'zh-CN': '离线', en: 'Offline' },
};

async function open(gateway: HttpGateway, headers: Record<string, string>): Promise<SseClient> {
  const client = await SseClient.open(gateway.url, headers);
  onTestFinished(() => client.close());
  return client;
}

const withToken = (token: string) => ({ authorization: `Bearer ${token}` });

test('what happens comes as it happens, to everyone who watches', async () => {
  const gateway = await startHttpGateway();
  const { registry, alerts, live, clock } = gateway;
  const clients = [
    await open(gateway, withToken(gateway.token('viewer'))),
    await open(gateway, { cookie: await gateway.cookie('admin') }),
  ];
  const headers = Object.fromEntries(clients[0]?.response.headers ?? []);
  expect(headers).toMatchObject({
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'content-security-policy': expect.stringContaining("default-src 'none'"),
  });
  registry.devices.seen('school', 'room-1', clock.time);
  live.publish(telemetry(7));
  const { alert } = alerts.handle(request, 'school', clock.time);
  for (const client of clients) {
    await until('three kinds of events', () => client.data('device').length === 2 && client.data('alert').length === 1);
    expect(client.data('telemetry')).toEqual([
      {
        site: 'school',
        device: 'room-1',
        points: [{ measurement: 'system', time: 7, tags: {}, fields: { n: 7, padding: '' } }],
      },
    ]);
    expect(client.data('alert')).toEqual([alert]);
    expect(client.data('device')).toMatchObject([
      { id: 'room-1', site: 'school', online: true, open_alerts: 0 },
      { id: 'room-1', open_alerts: 1 },
    ]);
  }
});

test('nobody listens to the feed when nobody watches', async () => {
  const gateway = await startHttpGateway();
  expect(gateway.live.hasListeners).toBe(false);
  const client = await SseClient.open(gateway.url, withToken(gateway.token('viewer')));
  expect(gateway.live.hasListeners).toBe(true);
  client.close();
  await until('the feed has no listener', () => !gateway.live.hasListeners);
});

test('a stream ends with its token, its session, its user and by the clock', async () => {
  const gateway = await startHttpGateway();
  const { registry, request: send } = gateway;
  const admin = gateway.token('admin');
  const stays = await open(gateway, withToken(admin));
  const byToken = await open(gateway, withToken(gateway.token('viewer')));
  const revoked = registry.tokens.list().find(({ role }) => role === 'viewer');
  await send('DELETE', `/api/v1/tokens/${revoked?.id}`, { token: admin });
  const cookie = await gateway.cookie('viewer');
  const bySession = await open(gateway, { cookie });
  await send('DELETE', '/api/v1/session', { cookie });
  const byUser = await open(gateway, { cookie: await gateway.cookie('operator') });
  await send('DELETE', '/api/v1/users/operator-2', { token: admin });
  for (const client of [byToken, bySession, byUser])
    await until('the stream ends', () => client.ended, { timeoutMs: 5000 });

  const byClock = await open(gateway, { cookie: await gateway.cookie('viewer') });
  gateway.clock.pass(12 * 3600_000);
  await until('the stream ends', () => byClock.ended, { timeoutMs: 5000 });
  expect(stays.ended).toBe(false);
});

test('a client that does not read is dropped, the others go on', async () => {
  const gateway = await startHttpGateway();
  const token = gateway.token('viewer');
  const reader = await open(gateway, withToken(token));
  const frozen = connect(Number(new URL(gateway.url).port), '127.0.0.1');
  onTestFinished(() => void frozen.destroy());
  await once(frozen, 'connect');
  frozen.write(`GET /api/v1/stream HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${token}\r\n\r\n`);
  await once(frozen, 'readable');
  const connections = (): Promise<number> =>
    new Promise((resolve, reject) =>
      gateway.app.server.getConnections((error, count) => (error === null ? resolve(count) : reject(error))),
    );
  const before = await connections();
  const padding = 'x'.repeat(16_000);
  let sent = 0;
  await until(
    'the frozen client is dropped',
    async () => {
      for (let n = 0; n < 20; n += 1) gateway.live.publish(telemetry(++sent, padding));
      return (await connections()) < before;
    },
    { everyMs: 5 },
  );
  await until('the reader has everything', () => reader.data('telemetry').length === sent);
  expect(reader.ended).toBe(false);
});

test('there is an end to streams', async () => {
  const gateway = await startHttpGateway();
  const refused = async (token: string): Promise<void> =>
    expect(await problemIn(await gateway.request('GET', '/api/v1/stream', { token }))).toMatchObject({
      status: 429,
      code: 'rate_limited',
    });
  const token = gateway.token('viewer');
  const clients: SseClient[] = [];
  for (let n = 0; n < STREAMS_EACH; n += 1) clients.push(await open(gateway, withToken(token)));
  // One account cannot take those of the others.
  await refused(token);
  for (let n = STREAMS_EACH; n < STREAMS_MAX; n += STREAMS_EACH) {
    const other = withToken(gateway.token('viewer'));
    for (let each = 0; each < STREAMS_EACH; each += 1) await open(gateway, other);
  }
  await refused(gateway.token('viewer'));
  clients[0]?.close();
  const again = await until('there is room again', () => open(gateway, withToken(token)).catch(() => undefined));
  expect(again.ended).toBe(false);
});

test('an open stream does not keep the gateway from closing', async () => {
  const gateway = await startHttpGateway();
  const client = await open(gateway, withToken(gateway.token('viewer')));
  const startedAt = performance.now();
  await gateway.app.close();
  expect(performance.now() - startedAt).toBeLessThan(1500);
  await until('the stream ends', () => client.ended);
});
