import { expect, test } from 'vitest';
import { bringOnline } from '../../gateway/commands/make-commands.ts';
import { until } from '../../support/until.ts';
import { type HttpGateway, problemIn, startHttpGateway } from './http-gateway.ts';
import { SseClient } from './sse-client.ts';

const path = '/api/v1/devices/room-1/commands';
const result = {
  target: 'gateway',
  legs: [{ family: 'ipv4' as const, direction: 'up' as const, bits_per_second: 9e7 }],
};

async function start(): Promise<HttpGateway & { operator: string }> {
  const gateway = await startHttpGateway();
  bringOnline(gateway.registry, gateway.clock, 'room-1', 'room-2');
  return Object.assign(gateway, { operator: gateway.token('operator') });
}

function post(gateway: HttpGateway, token: string, body: unknown = { command: 'throughput' }, to = path) {
  return gateway.request('POST', to, { token, body });
}

test('an operator commands a device, sees how far it is and what came of it, and it stands in the audit log', async () => {
  const gateway = await start();
  const { operator, commands, clock } = gateway;
  const response = await post(gateway, operator);
  expect(response.status).toBe(202);
  const { id } = (await response.json()) as { id: string };
  await until('it is sent', () => gateway.sent.length === 1);
  const key = { site: 'school', device: 'room-1' };
  clock.pass(1000);
  commands.reply(key, { id, state: 'running', progress: 0.5 });
  expect(await gateway.get(`${path}/${id}`, operator)).toMatchObject({ state: 'running', progress: 0.5 });
  clock.pass(1000);
  commands.reply(key, { id, state: 'done', result });
  const { commands: listed } = await gateway.get(path, gateway.token('viewer'));
  expect(listed).toMatchObject([
    { id, device: 'room-1', state: 'done', origin: 'person', result, ended_at: clock.now() },
  ]);
  expect(gateway.registry.audit.list({ limit: 1 })).toMatchObject([
    { action: 'device.command.throughput', outcome: 'ok', detail: id, actor: expect.stringMatching(/^token:/) },
  ]);
});

test('a check is asked for, told and kept like a measurement, and each has a history of its own', async () => {
  const gateway = await start();
  const { operator, commands, clock } = gateway;
  const { id } = (await (await post(gateway, operator, { command: 'check' })).json()) as { id: string };
  await until('it is sent', () => gateway.sent.length === 1);
  const key = { site: 'school', device: 'room-1' };
  const words = { en: 'yes', 'zh-CN': '是' };
  const verdict = { ready: 'yes' as const, obstacles: [], text: words };
  const step = {
    ...{ step: 'link' as const, state: 'ok' as const, found: { en: 'eth0', 'zh-CN': 'eth0' }, obstacles: [] },
    ...{ figures: [{ name: 'speed_mbit_per_second', value: 1000, unit: 'Mbit/s' }], allows: 'yes' as const },
  };
  const far = { running: 'address' as const, steps: [step] };
  commands.reply(key, { id, state: 'running', progress: 0.1, result: far });
  expect(await gateway.get(`${path}/${id}`, operator)).toMatchObject({ state: 'running', result: far });
  const families = { ipv4: verdict, ipv6: { ready: 'absent' as const } };
  const report = { started_at: clock.now(), duration_ms: 31_000, ...verdict, families, steps: [step] };
  commands.reply(key, { id, state: 'done', result: report });
  const history = async (kind: string) => (await gateway.get(`${path}?command=${kind}`, operator))['commands'];
  expect(await history('check')).toMatchObject([{ id, command: 'check', state: 'done', result: report }]);
  expect(await history('throughput')).toEqual([]);
});

test('the stream tells each change', async () => {
  const gateway = await start();
  const stream = await SseClient.open(gateway.url, { authorization: `Bearer ${gateway.operator}` });
  await post(gateway, gateway.operator);
  await until('it is told', () => stream.data('command').length >= 2);
  expect(stream.data('command')).toMatchObject([
    { device: 'room-1', state: 'waiting' },
    { device: 'room-1', state: 'sent' },
  ]);
  stream.close();
});

test('who may not, what cannot be and what makes no sense is refused by its code', async () => {
  const gateway = await start();
  const { operator, registry, clock } = gateway;
  for (const role of ['viewer', 'auditor'] as const) {
    expect(await problemIn(await post(gateway, gateway.token(role)))).toMatchObject({ status: 403, code: 'forbidden' });
  }
  const wrong = [
    { command: 'reboot' },
    { command: 'throughput', arguments: { families: ['ipx'] } },
    { command: 'throughput', arguments: { host: '192.0.2.1' } },
    { command: 'check', arguments: { families: ['ipv4'] } },
    {},
  ];
  for (const body of wrong) {
    expect(await problemIn(await post(gateway, operator, body))).toMatchObject({
      status: 400,
      code: 'request_invalid',
    });
  }
  registry.devices.setState(
    ...(['school', 'room-2', { online: false, since: 1, boot: 'boot-one', version: '1' }] as const),
    clock.now(),
  );
  const offline = await gateway.request('POST', '/api/v1/devices/room-2/commands', {
    ...{ token: operator, body: { command: 'throughput' } },
  });
  expect(await problemIn(offline)).toMatchObject({ status: 409, code: 'device_offline' });
  expect((await post(gateway, operator)).status).toBe(202);
  expect(await problemIn(await post(gateway, operator))).toMatchObject({ status: 409, code: 'command_busy' });
  const unknown = await gateway.request('GET', `${path}/command-of-nobody`, { token: operator });
  expect(await problemIn(unknown)).toMatchObject({ status: 404, code: 'not_found' });
});

test('who asks again and again is told to wait', async () => {
  const gateway = await start();
  const statuses: number[] = [];
  for (let asked = 0; asked < 25; asked++) {
    const response = await post(gateway, gateway.operator);
    statuses.push(response.status);
    await response.body?.cancel();
  }
  expect(statuses[0]).toBe(202);
  expect(statuses.at(-1)).toBe(429);
});
