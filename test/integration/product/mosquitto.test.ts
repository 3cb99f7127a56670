import { spawnSync } from 'node:child_process';
import mqtt from 'mqtt';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { DeviceAccount, Product } from '../../support/product.ts';
import { startProduct } from '../../support/start-product.ts';
import { until } from '../../support/until.ts';

interface Audit {
  audit: { actor: string; action: string; target: string; outcome: string; detail: string }[];
}
interface Latest {
  points: { device: string; tags: Record<string, string>; fields: Record<string, unknown>; time: number }[];
}

/** Debian's mosquitto clients, as somebody would use them who has no agent. */
function mosquitto(product: Product, program: 'mosquitto_pub' | 'mosquitto_sub', args: string[]) {
  const { status, stderr } = spawnSync(program, ['-h', '127.0.0.1', '-p', String(product.mqttPort), ...args], {
    encoding: 'utf8',
    timeout: 10_000,
  });
  return { status, stderr };
}

const account = ({ username, password }: DeviceAccount): string[] => ['-u', username, '-P', password];

describe('a device that is no agent', () => {
  it('reports a Telegraf batch by mosquitto_pub and appears in devices, latest and series', async () => {
    const product = await startProduct();
    const device = product.addDevice('projector-101');
    expect(Object.keys(device)).toEqual(expect.arrayContaining(['site', 'username', 'password']));
    const now = Date.now();
    const batch = {
      metrics: [
        { name: 'cpu', tags: { cpu: 'cpu-total', host: 'telegraf' }, fields: { usage_idle: 91.5 }, timestamp: now - 5 },
        {
          name: 'projector',
          tags: { host: 'telegraf', device: 'somebody-else' },
          fields: { lamp_hours: 1234 },
          timestamp: now,
        },
      ],
    };
    const topic = `campus/v1/${device.site}/projector-101/telemetry`;
    const published = mosquitto(product, 'mosquitto_pub', [
      ...account(device),
      '-q',
      '1',
      '-t',
      topic,
      '-m',
      JSON.stringify(batch),
    ]);
    expect(published).toEqual({ status: 0, stderr: '' });

    const { points } = await product.get<Latest>('latest?measurement=projector');
    expect(points).toMatchObject([
      { device: 'projector-101', tags: { host: 'telegraf' }, fields: { lamp_hours: 1234 }, time: now },
    ]);
    const { devices } = await product.get<{ devices: { id: string; online: boolean; site: string }[] }>('devices');
    expect(devices).toContainEqual(expect.objectContaining({ id: 'projector-101', site: device.site, online: true }));
    const path = `series?measurement=projector&field=lamp_hours&from=${now - 60_000}&to=${now + 60_000}&step=1m&aggregate=mean&device=projector-101`;
    const series = await until('the point in the store', async () => {
      const answer = await product.get<{ series: { points: [number, number][] }[] }>(path);
      return answer.series.length > 0 && answer.series;
    });
    expect(series[0]?.points[0]?.[1]).toBe(1234);
  });

  it('is refused whatever is not its own, and the audit log says so', async () => {
    const product = await startProduct();
    const device = product.addDevice('room-101');
    product.addDevice('room-102');
    const own = account(device);
    const publish = (args: string[], topic: string) =>
      mosquitto(product, 'mosquitto_pub', [...args, '-q', '1', '-t', topic, '-m', '{}']).status;
    const subscribe = (filter: string) =>
      mosquitto(product, 'mosquitto_sub', [...own, '-q', '1', '-t', filter, '-W', '3']);
    const ownTopic = `campus/v1/${device.site}/room-101/telemetry`;

    expect(publish([], ownTopic)).not.toBe(0);
    expect(publish(['-u', device.username, '-P', 'wrong'], ownTopic)).not.toBe(0);
    expect(publish(['-u', `${device.site}/nobody`, '-P', device.password], ownTopic)).not.toBe(0);
    expect(publish(own, `campus/v1/${device.site}/room-102/telemetry`)).not.toBe(0);
    expect(publish(own, `campus/v1/${device.site}/room-101/command`)).not.toBe(0);
    expect(publish(own, `campus/v1/${device.site}/alerts/x`)).not.toBe(0);
    expect(publish(own, '$SYS/broker')).not.toBe(0);
    for (const filter of [
      '#',
      '$SYS/#',
      `campus/v1/${device.site}/+/telemetry`,
      `campus/v1/${device.site}/room-102/command`,
    ]) {
      expect(subscribe(filter).stderr).toContain('denied');
    }
    expect(subscribe(`campus/v1/${device.site}/room-101/command`).stderr).not.toContain('denied');

    const { audit } = await product.get<Audit>('audit');
    const refused = audit
      .filter(({ outcome }) => outcome === 'refused')
      .map(({ action, target, actor, detail }) => `${action} ${target} ${actor} ${detail.split(':')[0]}`);
    expect(refused).toEqual(
      expect.arrayContaining([
        'mqtt.connect  mqtt:anonymous credentials_missing',
        `mqtt.connect  mqtt:${device.username} credentials_wrong`,
        `mqtt.publish campus/v1/${device.site}/room-102/telemetry device:${device.username} topic_forbidden`,
        `mqtt.publish $SYS/broker device:${device.username} topic_forbidden`,
        `mqtt.subscribe # device:${device.username} topic_forbidden`,
      ]),
    );
    expect(JSON.stringify(audit)).not.toContain(device.password);
    expect(product.output).not.toContain(device.password);
  });

  it('loses its connection and its access when it is revoked on the command line', async () => {
    const product = await startProduct();
    const device = product.addDevice('room-101');
    const { username, password } = device;
    const client = await mqtt.connectAsync(`mqtt://127.0.0.1:${product.mqttPort}`, {
      username,
      password,
      reconnectPeriod: 200,
    });
    onTestFinished(() => client.endAsync(true));
    const refused = new Promise<Error>((resolve) => client.on('error', resolve));
    expect(product.command('device', 'revoke', 'room-101').code).toBe(0);
    await until('the connection is ended', () => !client.connected, { timeoutMs: 3000 });
    expect((await refused).message).toMatch(/bad username or password|not authorized/i);
  });
});
