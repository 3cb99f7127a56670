import { once } from 'node:events';
import mqtt, { type MqttClient } from 'mqtt';
import { describe, expect, it, onTestFinished } from 'vitest';
import { limits } from '../../../contract/limits.ts';
import type { DeviceAccount, Product } from '../../support/product.ts';
import { startProduct } from '../../support/start-product.ts';
import { until } from '../../support/until.ts';

interface Rejects {
  rejects: { code: string; device?: string; topic: string; detail: string; count: number }[];
}

async function connect(product: Product, { username, password }: DeviceAccount): Promise<MqttClient> {
  const url = `mqtt://127.0.0.1:${product.mqttPort}`;
  const client = await mqtt.connectAsync(url, { username, password, reconnectPeriod: 0 });
  client.on('error', () => {
    // What the broker refuses ends the connection; the test looks at what the gateway says of it.
  });
  onTestFinished(() => client.endAsync(true));
  return client;
}

describe('bad input', () => {
  it('is refused with a reason, one by one, and disturbs nobody', async () => {
    const product = await startProduct();
    const bad = product.addDevice('bad');
    const good = product.addDevice('good');
    const topic = `campus/v1/${bad.site}/bad/telemetry`;
    const now = Date.now();
    const metric = (change: object = {}) => ({
      name: 'sensor',
      tags: {},
      fields: { value: 1 },
      timestamp: now,
      ...change,
    });
    const batch = (...metrics: object[]): string => JSON.stringify({ metrics });
    const payloads: [code: string, payload: string | Buffer][] = [
      ['not_json', 'temperature=21'],
      ['not_json', `{"metrics":[{"name":"sensor","tags":{},"fields":{"value":NaN},"timestamp":${now}}]}`],
      ['wrong_shape', `{"metrics":[{"name":"sensor","tags":{},"fields":{"value":1e400},"timestamp":${now}}]}`],
      ['wrong_shape', `${'['.repeat(50_000)}${']'.repeat(50_000)}`],
      ['wrong_shape', '{"temperature":21}'],
      ['not_json', ''],
      [
        'wrong_shape',
        `{"metrics":[{"name":"sensor","tags":{},"fields":{"a\\ud800":1,"a\\ud801":2},"timestamp":${now}}]}`,
      ],
      ['not_utf8', Buffer.from([0x7b, 0xc3, 0x28, 0x7d])],
      ['timestamp_in_future', batch(metric({ timestamp: now + 2 * limits.futureMs }))],
      ['timestamp_too_old', batch(metric({ timestamp: 1000 }))],
      ['payload_too_large', ' '.repeat(limits.payloadBytes + 1)],
      ['field_type_conflict', batch(metric({ name: 'system', fields: { load1: 'a text' } }))],
    ];
    const client = await connect(product, bad);
    await client.publishAsync(topic, batch(metric()), { qos: 1 });
    for (const [, payload] of payloads) await client.publishAsync(topic, payload, { qos: 1 });
    for (let start = 0; start < 10_000; start += 500) {
      const many = Array.from({ length: 500 }, (_, index) => metric({ tags: { n: String(start + index) } }));
      await client.publishAsync(topic, batch(...many), { qos: 1 });
    }
    expect(client.connected).toBe(true);

    const { rejects } = await product.get<Rejects>('rejects');
    for (const [code] of payloads)
      expect(rejects).toContainEqual(expect.objectContaining({ code, device: 'bad', topic }));
    expect(rejects).toContainEqual(expect.objectContaining({ code: 'series_limit', device: 'bad' }));
    const { points } = await product.get<{ points: unknown[] }>('latest?device=bad');
    expect(points).toHaveLength(limits.seriesPerDevice);

    const other = await connect(product, good);
    await other.publishAsync(`campus/v1/${good.site}/good/telemetry`, batch(metric({ fields: { value: 7 } })), {
      qos: 1,
    });
    expect((await product.get<{ points: object[] }>('latest?device=good')).points).toMatchObject([
      { fields: { value: 7 } },
    ]);
    const { events } = await product.get<{ events: { type: string; device: string }[] }>('events');
    expect(events).toContainEqual(expect.objectContaining({ type: 'series-limit', device: 'bad' }));
  });

  it('in the place of an id ends in a reject and in no device', async () => {
    const product = await startProduct();
    const device = product.addDevice('room-101');
    /** How often a topic was refused so far. */
    const total = async (): Promise<number> =>
      (await product.get<Rejects>('rejects')).rejects
        .filter(({ code }) => /^topic_(invalid|forbidden)$/.test(code))
        .reduce((sum, { count }) => sum + count, 0);
    for (const id of ['room/1', '..', '+', '#', 'Room', 'a b', 'x'.repeat(64), 'flows', 'alerts']) {
      const topic = `campus/v1/${device.site}/${id}/telemetry`;
      const before = await total();
      const client = await connect(product, device);
      const closed = once(client.stream, 'close');
      // The client itself refuses to publish on wildcards: the packet is written by hand.
      client.stream.write(publishPacket(topic));
      await closed;
      await until(`the reject of ${id}`, async () => (await total()) > before);
      expect(product.command('device', 'add', id).code).toBe(2);
    }
    const { devices } = await product.get<{ devices: { id: string }[] }>('devices');
    expect(devices).not.toEqual([]);
    expect(devices.every(({ id }) => /^[a-z0-9-]{1,63}$/.test(id))).toBe(true);
  });

  it('such as QoS 2 and a thousand subscriptions ends the connection, is noted once, and stores nothing', async () => {
    const product = await startProduct();
    const device = product.addDevice('room-101');
    const topic = `campus/v1/${device.site}/room-101/telemetry`;
    const batch = JSON.stringify({
      metrics: [{ name: 'sensor', tags: {}, fields: { value: 1 }, timestamp: Date.now() }],
    });
    const twice = await connect(product, device);
    const ended = once(twice.stream, 'close');
    twice.publish(topic, batch, { qos: 2 });
    await ended;
    const { rejects } = await product.get<Rejects>('rejects');
    expect(rejects).toContainEqual(expect.objectContaining({ code: 'qos_not_supported', topic }));
    expect((await product.get<{ points: object[] }>('latest?device=room-101')).points).toEqual([]);

    const greedy = await connect(product, device);
    const closed = once(greedy.stream, 'close');
    greedy.subscribe(Array.from({ length: 1000 }, (_, index) => `campus/v1/other/${index}/#`));
    await closed;
    const { audit } = await product.get<{ audit: { action: string; count: number }[] }>('audit?limit=500');
    const refused = audit.filter(({ action }) => action === 'mqtt.subscribe');
    expect(refused.reduce((sum, { count }) => sum + count, 0)).toBe(8);
  });

  it('above the size of a packet ends the connection before it is gathered in memory', async () => {
    const product = await startProduct();
    const client = await connect(product, product.addDevice('room-101'));
    const closed = once(client.stream, 'close');
    client.stream.write(Buffer.from([0x32, 0xff, 0xff, 0xff, 0x7f]));
    await closed;
    expect((await product.get<Rejects>('rejects')).rejects[0]).toMatchObject({
      code: 'packet_too_large',
      device: 'room-101',
    });
  });
});

/** A PUBLISH packet of QoS 1 with an empty object in it (MQTT 3.1.1 §3.3). */
function publishPacket(topic: string): Buffer {
  const name = Buffer.from(topic);
  const body = Buffer.concat([
    Buffer.from([name.length >> 8, name.length & 255]),
    name,
    Buffer.from([0, 1]),
    Buffer.from('{}'),
  ]);
  const length = body.length < 128 ? [body.length] : [(body.length & 127) | 128, body.length >> 7];
  return Buffer.concat([Buffer.from([0x32, ...length]), body]);
}

it('bounds what a device reports as events, and one event says so', async () => {
  const product = await startProduct();
  const bad = product.addDevice('bad');
  const topic = `campus/v1/${bad.site}/bad/event`;
  const facts = Object.fromEntries(Array.from({ length: 32 }, (_, n) => [`fact_${n}`, '测'.repeat(1024)]));
  const event = (change: object): string =>
    JSON.stringify({
      ...{ type: 'flood', class: 'network-attack', level: 4, summary: { 'zh-CN': '', en: '' }, at: Date.now() },
      ...change,
    });
  const client = await connect(product, bad);
  await client.publishAsync(topic, event({ facts }), { qos: 1 });
  await Promise.all(
    Array.from({ length: 3000 }, () => client.publishAsync(topic, event({ facts: { n: 1 } }), { qos: 1 })),
  );
  const { events } = await product.get<{ events: { type: string }[] }>('events?limit=500');
  const flood = events.filter(({ type }) => type === 'flood');
  expect(flood.length).toBeGreaterThanOrEqual(limits.eventBurst);
  expect(flood.length).toBeLessThan(2 * limits.eventBurst);
  expect(events.filter(({ type }) => type === 'event-limit')).toHaveLength(1);
  const { rejects } = await product.get<Rejects>('rejects');
  expect(rejects.map(({ code }) => code)).toEqual(expect.arrayContaining(['payload_too_large', 'event_limit']));
});
