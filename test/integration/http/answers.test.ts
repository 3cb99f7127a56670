import { expect, test } from 'vitest';
import { Compile } from '#typebox/compile';
import type { AlertRequest } from '../../../contract/alert.ts';
import type { DeviceEvent } from '../../../contract/event.ts';
import type { Inventory } from '../../../contract/inventory.ts';
import type { CommandRecord } from '../../../gateway/registry/command-table.ts';
import { type HttpGateway, problemIn, startHttpGateway } from './http-gateway.ts';

const inventory: Inventory = {
  type: 'DeviceMonitoring',
  general: { hostname: 'room-1', local_time: 1_764_000_000, uptime: 77 },
  hardware: { model: 'Raspberry Pi 4' },
  software: { agent: '0.1.0' },
  disks: [{ name: 'mmcblk0', type: 'SD', size_bytes: 32_000_000_000 }],
  interfaces: [],
  serial_ports: [],
  dns_servers: ['2001:db8::53'],
};
const event: DeviceEvent = {
  ...{ type: 'outbox-full', class: 'facility-fault', level: 4, at: 900, facts: { dropped: 12 } },
  summary: { 'zh-CN': '发件箱已满', en: 'The outbox is full' },
};
const raise = (subject: string): AlertRequest => ({
  ...{ action: 'raise', rule: 'disk-nearly-full', device: 'room-1', subject, class: 'facility-fault', level: 4, at: 1 },
  summary: { 'zh-CN': '磁盘将满', en: 'The disk is nearly full' },
  evidence: { value: 93 },
});

const command = {
  ...{ id: '01k-throughput', site: 'school', device: 'room-1', command: 'throughput', origin: 'person', state: 'done' },
  ...{ createdAt: 1000, startedAt: 2000, endedAt: 9000 },
  result: {
    target: 'gateway',
    legs: [{ family: 'ipv6', direction: 'up', bits_per_second: 9e7, bytes: 1e8, seconds: 9 }],
  },
} as const satisfies CommandRecord;

/** A gateway that has seen something of everything. */
async function busyGateway(): Promise<HttpGateway & { alertId: string }> {
  const gateway = await startHttpGateway();
  const { registry, alerts, clock, points } = gateway;
  const { devices } = registry;
  devices.seen('school', 'room-1', clock.time);
  devices.setState('school', 'room-1', { online: true, since: 1, boot: 'boot-one', version: '0.1.0' }, clock.time);
  devices.seen('school', 'telegraf', clock.time);
  devices.seen('annex', 'room-1', clock.time);
  registry.inventories.put('school', 'room-1', inventory, clock.time);
  registry.credentials.put(
    { kind: 'device', site: 'school', device: 'telegraf' },
    { hash: 'x', replace: false, now: 1 },
  );
  registry.credentials.revoke('school/telegraf', 2);
  registry.events.add('school', 'room-1', event, clock.time);
  registry.rejects.add({
    site: 'school',
    device: 'room-1',
    topic: 't',
    code: 'not_json',
    detail: 'd',
    time: 5,
    sample: '{"x',
  });
  registry.rejects.add({ code: 'packet_malformed', detail: 'd', time: 6 });
  registry.commands.add(command);
  registry.commands.update(command);
  const { alert } = alerts.handle(raise('/var'), 'school', clock.time);
  const base = { site: 'school', device: 'room-1', tags: { interface: 'eth0' }, time: clock.time };
  points.push({ ...base, measurement: 'network', fields: { rx_bytes: 7, up: true, driver: 'e1000' } });
  points.push({ ...base, measurement: 'system', tags: {}, fields: { load1: 0.2 } });
  return { ...gateway, alertId: alert?.id ?? '' };
}

test('what is answered has the shape that the documentation declares', async () => {
  const gateway = await busyGateway();
  const token = gateway.token('admin');
  const documentation = await gateway.request('GET', '/api/docs/json');
  const openapi = (await documentation.json()) as { paths: Record<string, Record<string, DocumentedRoute>> };
  const paths = gateway.app.declaredRoutes
    .filter(
      ({ method, path, summary }) =>
        method === 'GET' && summary !== undefined && !/metrics|stream|export|backups\/:name|ca\.cr[tl]/.test(path),
    )
    .map(({ path }) => path);
  expect(paths.length).toBeGreaterThan(12);
  for (const path of paths) {
    const id = path.includes('alerts') ? gateway.alertId : 'room-1';
    const query = path.endsWith('series') ? '?measurement=network&field=rx_bytes' : '';
    const answer = await gateway.get(path.replace(':id', id).replace(':command', command.id) + query, token);
    const schema =
      openapi.paths[path.replaceAll(/:(id|command)/g, '{$1}')]?.['get']?.responses['200']?.content['application/json']
        ?.schema;
    expect(schema, path).toBeDefined();
    expect(Compile(closed(schema ?? {})).Errors(answer), path).toEqual([]);
  }
});

interface DocumentedRoute {
  responses: Record<string, { content: Record<string, { schema: object }> }>;
}

/** The same schema, allowing no property that it does not name: an answer must not say more than is documented. */
function closed(schema: object): object {
  return JSON.parse(JSON.stringify(schema), (_key, value: unknown) =>
    typeof value === 'object' && value !== null && 'properties' in value
      ? { additionalProperties: false, ...value }
      : value,
  );
}

test('devices are told with what people ask first', async () => {
  const { get, token, clock } = await busyGateway();
  const viewer = token('viewer');
  const known = { since: clock.time, first_seen: clock.time, last_seen: clock.time, online: true };
  expect(await get('/api/v1/devices', viewer)).toEqual({
    devices: [
      { ...known, id: 'room-1', site: 'annex', revoked: false, open_alerts: 0 },
      { ...known, id: 'room-1', site: 'school', version: '0.1.0', boot: 'boot-one', revoked: false, open_alerts: 1 },
      { ...known, id: 'telegraf', site: 'school', revoked: true, open_alerts: 0 },
    ],
  });
  const detail = await get('/api/v1/devices/room-1', viewer);
  expect(detail).toMatchObject({
    site: 'school',
    open_alerts: 1,
    inventory,
    state: { online: true, boot: 'boot-one' },
  });
  const other = await get('/api/v1/devices/room-1?site=annex', viewer);
  expect(other).toMatchObject({ site: 'annex' });
  expect(other).not.toHaveProperty('inventory');
});

test('devices are read page by page', async () => {
  const { get, token, registry, request } = await startHttpGateway();
  for (let n = 10; n < 35; n += 1) registry.devices.seen('school', `room-${n}`, 1);
  const viewer = token('viewer');
  const ids: string[] = [];
  let cursor = '';
  for (let page = 0; page < 3; page += 1) {
    const { devices, next } = (await get(`/api/v1/devices?limit=10${cursor}`, viewer)) as {
      devices: { id: string }[];
      next?: string;
    };
    ids.push(...devices.map(({ id }) => id));
    cursor = `&cursor=${encodeURIComponent(next ?? '')}`;
    expect(next === undefined).toBe(page === 2);
  }
  expect(ids).toEqual(Array.from({ length: 25 }, (_, n) => `room-${n + 10}`));
  for (const wrong of ['cursor=nonsense', 'cursor=a/b/c', 'limit=0', 'limit=501', 'limit=x', 'offset=3']) {
    expect(await problemIn(await request('GET', `/api/v1/devices?${wrong}`, { token: viewer }))).toMatchObject({
      code: 'request_invalid',
    });
  }
});

test.each(['alerts', 'events', 'rejects', 'audit'])(
  '%s are read page by page, newest first, none twice',
  async (list) => {
    const { get, token, registry, alerts, clock } = await startHttpGateway();
    registry.devices.seen('school', 'room-1', 1);
    for (let n = 0; n < 5; n += 1) {
      alerts.handle(raise(`/${n}`), 'school', clock.time + n);
      registry.events.add('school', 'room-1', event, n);
      registry.rejects.add({ topic: `${n}`, code: 'not_json', detail: 'd', time: n });
      registry.audit.record({ actor: 'a', address: 'b', action: `c${n}`, outcome: 'ok' });
    }
    const admin = token('admin');
    const ids: (string | number)[] = [];
    let cursor = '';
    for (let page = 0; page < 3; page += 1) {
      const answer = await get(`/api/v1/${list}?limit=2${cursor}`, admin);
      ids.push(...(answer[list] as { id: string | number }[]).map(({ id }) => id));
      cursor = `&cursor=${answer['next']}`;
    }
    expect(cursor).toBe('&cursor=undefined');
    expect(new Set(ids).size).toBe(5);
    expect(ids.toSorted((a, b) => (a < b ? 1 : -1))).toEqual(ids);
  },
);

test('the latest points are narrowed by measurement, device and site', async () => {
  const { get, token, points } = await busyGateway();
  const viewer = token('viewer');
  expect(await get('/api/v1/latest', viewer)).toEqual({ points, truncated: false });
  expect(await get('/api/v1/latest?measurement=system&device=room-1&site=school', viewer)).toEqual({
    points: [points[1]],
    truncated: false,
  });
  expect(await get('/api/v1/latest?device=room-2', viewer)).toEqual({ points: [], truncated: false });
});

test('a series is asked of the store as the URL says', async () => {
  const { get, token, seriesQueries } = await startHttpGateway();
  const query =
    'measurement=network&field=rx_bytes&from=1000&to=61000&step=10s&aggregate=max&group_by=device,interface&tag.interface=eth0';
  const answer = await get(`/api/v1/series?${query}`, token('viewer'));
  expect(answer).toEqual({ series: [{ tags: { device: 'room-1' }, points: [[1000, 1.5]] }], truncated: false });
  expect(seriesQueries).toMatchObject([
    {
      measurement: 'network',
      from: 1000,
      to: 61_000,
      step: 10_000,
      groupBy: ['device', 'interface'],
      tags: { interface: 'eth0' },
    },
  ]);
});

test('an alert is acknowledged by an operator, with a note, and the audit says so', async () => {
  const { get, token, request, cookie, alertId, registry } = await busyGateway();
  const viewer = token('viewer');
  expect(await get('/api/v1/alerts?state=open&device=room-1', viewer)).toMatchObject({
    alerts: [{ id: alertId, subject: '/var' }],
  });
  expect(await get('/api/v1/alerts?state=cleared', viewer)).toEqual({ alerts: [] });
  const path = `/api/v1/alerts/${alertId}/acknowledge`;
  const operator = await cookie('operator');
  const answer = await request('POST', path, { cookie: operator, body: { note: 'new disk ordered' } });
  expect([answer.status, await answer.json()]).toMatchObject([
    200,
    { id: alertId, state: 'open', acknowledged_by: 'o*', acknowledged_note: 'new disk ordered' },
  ]);
  expect(await get(`/api/v1/alerts/${alertId}`, viewer)).toMatchObject({ acknowledged_note: 'new disk ordered' });
  expect((await request('POST', path, { token: token('operator') })).status).toBe(200);
  expect(registry.audit.list({ limit: 9, action: 'alert.acknowledge' })).toMatchObject([
    { actor: 'user:operator-1', target: alertId, detail: '', outcome: 'ok' },
  ]);
  expect(await problemIn(await request('POST', '/api/v1/alerts/nope/acknowledge', { cookie: operator }))).toMatchObject(
    { code: 'not_found' },
  );
  expect(await problemIn(await request('POST', path, { cookie: operator, body: { not: 'e' } }))).toMatchObject({
    code: 'request_invalid',
  });
});

test('an alert is closed by an operator, once, and the audit says so', async () => {
  const { get, token, request, cookie, alertId, registry } = await busyGateway();
  const path = `/api/v1/alerts/${alertId}/close`;
  expect((await request('POST', path, { token: token('viewer') })).status).toBe(403);
  const operator = await cookie('operator');
  const answer = await request('POST', path, { cookie: operator, body: { note: 'taken out of service' } });
  expect([answer.status, await answer.json()]).toMatchObject([
    200,
    { id: alertId, state: 'cleared', closed_by: 'o*', closed_note: 'taken out of service' },
  ]);
  expect(await get('/api/v1/alerts?state=open', token('viewer'))).toEqual({ alerts: [] });
  expect(registry.audit.list({ limit: 9, action: 'alert.close' })).toMatchObject([
    { actor: 'user:operator-1', target: alertId, detail: '', outcome: 'ok' },
  ]);
  expect(await problemIn(await request('POST', path, { cookie: operator }))).toMatchObject({ code: 'state_conflict' });
  expect(await problemIn(await request('POST', '/api/v1/alerts/nope/close', { cookie: operator }))).toMatchObject({
    code: 'not_found',
  });
});

test('the beginning of a rejected payload is for operators', async () => {
  const { get, token } = await busyGateway();
  const [unknown, known] = (await get('/api/v1/rejects', token('viewer')))['rejects'] as object[];
  expect(known).toEqual({
    ...{
      id: 1,
      time: 5,
      last_time: 5,
      site: 'school',
      device: 'room-1',
      topic: 't',
      code: 'not_json',
      detail: 'd',
      count: 1,
    },
  });
  expect(unknown).not.toHaveProperty('site');
  expect(await get('/api/v1/rejects?code=not_json', token('operator'))).toMatchObject({ rejects: [{ sample: '{"x' }] });
});

test('who handled an alert is told to operators for a reason, which stands in the audit log', async () => {
  const { get, token, request, cookie, alertId, registry } = await busyGateway();
  const operator = await cookie('operator');
  await request('POST', `/api/v1/alerts/${alertId}/acknowledge`, { cookie: operator });
  expect(await get('/api/v1/alerts', token('operator'))).toMatchObject({ alerts: [{ acknowledged_by: 'o*' }] });
  const path = `/api/v1/alerts/${alertId}/reveal`;
  const reveal = (from: { token?: string; cookie?: string }, body: unknown) => request('POST', path, { ...from, body });
  expect((await reveal({ token: token('viewer') }, { reason: 'curious' })).status).toBe(403);
  for (const body of [{}, { reason: 'x' }, { reason: '     ' }, { reason: 'y'.repeat(201) }]) {
    expect(await problemIn(await reveal({ cookie: operator }, body))).toMatchObject({ code: 'request_invalid' });
  }
  expect(registry.audit.list({ limit: 9, action: 'identity.reveal' })).toEqual([]);
  const answer = await reveal({ cookie: operator }, { reason: 'handover of the night shift' });
  expect(await answer.json()).toEqual({ acknowledged_by: 'operator-1' });
  expect(registry.audit.list({ limit: 9, action: 'identity.reveal' })).toMatchObject([
    { actor: 'user:operator-1', target: `alert/${alertId}`, detail: 'handover of the night shift' },
  ]);
});

test('the audit log masks people, tells them apart, and tells a name to auditors for a reason', async () => {
  const { get, token, request, registry } = await busyGateway();
  for (const name of ['wang', 'wei']) {
    registry.audit.record({
      actor: `user:${name}`,
      address: '::1',
      action: 'user.add',
      target: 'lihua',
      outcome: 'ok',
    });
  }
  const auditor = token('auditor');
  const { audit } = (await get('/api/v1/audit?action=user.add', auditor)) as { audit: Record<string, unknown>[] };
  expect(audit.map(({ actor, target }) => [actor, target])).toEqual([
    ['user:w*', 'l*'],
    ['user:w*', 'l*'],
  ]);
  const [wei, wang] = audit;
  expect(wei?.['actor_id']).not.toBe(wang?.['actor_id']);
  const narrowed = await get(`/api/v1/audit?actor=${encodeURIComponent(String(wang?.['actor_id']))}`, auditor);
  expect(narrowed).toMatchObject({ audit: [{ id: wang?.['id'] }] });
  const path = `/api/v1/audit/${wang?.['id']}/reveal`;
  expect((await request('POST', path, { token: token('operator'), body: { reason: 'curious' } })).status).toBe(403);
  const answer = await request('POST', path, { token: auditor, body: { reason: 'complaint of 1 March' } });
  expect(await answer.json()).toEqual({ actor: 'user:wang', target: 'lihua' });
  expect(registry.audit.list({ limit: 1 })).toMatchObject([
    { action: 'identity.reveal', target: `audit/${wang?.['id']}`, detail: 'complaint of 1 March' },
  ]);
  expect((await request('POST', '/api/v1/audit/999/reveal', { token: auditor, body: { reason: 'none' } })).status).toBe(
    404,
  );
});
