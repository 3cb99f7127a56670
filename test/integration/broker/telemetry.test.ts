import { createConnection } from 'node:net';
import mqtt, { type MqttClient } from 'mqtt';
import { expect, it, onTestFinished } from 'vitest';
import type { VerifiedPrincipal } from '../../../gateway/access/principal.ts';
import { Broker } from '../../../gateway/broker/broker.ts';
import { createPlainListener, listenOn } from '../../../gateway/broker/listeners.ts';
import { freePort } from '../../support/free-port.ts';
import { until } from '../../support/until.ts';

const room = (name: string) => ({ site: 'school', device: name, topic: `campus/v1/school/${name}/telemetry` });
const filter = 'campus/v1/school/+/telemetry';

/** A broker whose clients are who their user name says: `school/flows`, `other/flows`, `school/room-1`. */
async function startBroker() {
  const port = await freePort();
  const seen = { left: 0, gone: 0 };
  const broker = await Broker.create({
    authenticate: async (username): Promise<VerifiedPrincipal> => {
      const [site = '', device = ''] = username.split('/');
      if (device === 'flows') return { kind: 'flows', site, username, version: 1 };
      return { kind: 'device', site, device, username, version: 1 };
    },
    certified: () => ({ code: 'certificate_unknown', detail: 'no certificates here' }),
    receive: async () => {},
    refused: () => {},
    failed: () => {},
    connected: () => {},
    subscribed: () => {},
    disconnected: () => {
      seen.gone++;
    },
    notForwarded: () => {
      seen.left++;
    },
    withheld: () => {},
    bans: { failed: () => 'counted' },
    messagesPerSecond: 1000,
  });
  await listenOn(createPlainListener(broker), { host: '127.0.0.1', port, setting: 'CAMPUS_MQTT_PORT' });
  onTestFinished(() => broker.close());
  const connect = async (username: string): Promise<{ client: MqttClient; got: string[] }> => {
    const client = await mqtt.connectAsync(`mqtt://127.0.0.1:${port}`, { username, password: 'x', reconnectPeriod: 0 });
    onTestFinished(() => client.endAsync(true));
    const got: string[] = [];
    client.on('message', (topic, payload) => got.push(`${topic.split('/')[3]} ${payload.toString()}`));
    return { client, got };
  };
  return { broker, connect, seen, port };
}

it('hands telemetry to the flows of its site, in order, until they want no more', async () => {
  const { broker, connect } = await startBroker();
  const [flows, second, other] = [
    await connect('school/flows'),
    await connect('school/flows'),
    await connect('other/flows'),
  ];
  await flows.client.subscribeAsync(filter);
  await second.client.subscribeAsync(filter);
  await other.client.subscribeAsync('campus/v1/other/+/telemetry');
  for (let n = 0; n < 500; n++) broker.forwardTelemetry(room(`room-${n % 3}`), Buffer.from(`${n} ${'x'.repeat(n)}`));
  const expected = Array.from({ length: 500 }, (_, n) => `room-${n % 3} ${n} ${'x'.repeat(n)}`);
  await until('all of it has come', () => flows.got.length === 500 && second.got.length === 500);
  expect(flows.got).toEqual(expected);
  expect(second.got).toEqual(expected);
  await flows.client.unsubscribeAsync(filter);
  broker.forwardTelemetry(room('room-9'), Buffer.from('more'));
  await until('the other has it', () => second.got.length === 501);
  expect([flows.got.length, other.got.length]).toEqual([500, 0]);
});

it('hands nothing to a device that asks for the telemetry of all', async () => {
  const { broker, connect } = await startBroker();
  const [flows, device] = [await connect('school/flows'), await connect('school/room-1')];
  await flows.client.subscribeAsync(filter);
  await device.client.subscribeAsync(filter).catch(() => undefined);
  broker.forwardTelemetry(room('room-2'), Buffer.from('secret'));
  await until('the flows have it', () => flows.got.length === 1);
  await device.client.publishAsync(room('room-1').topic, 'x', { qos: 1 });
  expect(device.got).toEqual([]);
});

it('leaves out a subscriber that does not read, and nobody else', async () => {
  const { broker, connect, seen, port } = await startBroker();
  const frozen = createConnection({ host: '127.0.0.1', port });
  onTestFinished(() => void frozen.destroy());
  const text = (value: string): Buffer => Buffer.concat([Buffer.from([0, value.length]), Buffer.from(value)]);
  const packet = (type: number, body: Buffer): Buffer => Buffer.concat([Buffer.from([type, body.length]), body]);
  const connectBody = [text('MQTT'), Buffer.from([4, 0xc2, 0, 60]), text('frozen'), text('school/flows'), text('x')];
  frozen.write(packet(0x10, Buffer.concat(connectBody)));
  frozen.write(packet(0x82, Buffer.concat([Buffer.from([0, 1]), text(filter), Buffer.from([0])])));
  await until('it has subscribed', () => broker.connections === 1);
  frozen.pause();
  const flows = await connect('school/flows');
  await flows.client.subscribeAsync(filter);
  const large = Buffer.alloc(60_000, 'x');
  const before = process.memoryUsage.rss();
  await until(
    'the frozen one is left out',
    () => {
      for (let n = 0; n < 10; n++) broker.forwardTelemetry(room('room-1'), large);
      return seen.left > 200;
    },
    { everyMs: 5 },
  );
  const count = flows.got.length;
  broker.forwardTelemetry(room('room-9'), Buffer.from('still here'));
  await until('the other still gets everything', () => flows.got.at(-1) === 'room-9 still here');
  expect(flows.got.length).toBeGreaterThan(count);
  expect(process.memoryUsage.rss() - before).toBeLessThan(200e6);
});

it('hands every message to its subscribers, in order, whether it is retained or not', async () => {
  const { broker, connect } = await startBroker();
  const flows = await connect('school/flows');
  await flows.client.subscribeAsync('campus/v1/school/+/state', { qos: 1 });
  await flows.client.subscribeAsync('campus/v1/school/alerts/+', { qos: 1 });
  await flows.client.subscribeAsync('campus/v1/school/+/event', { qos: 1 });
  const expected: string[] = [];
  for (let n = 0; n < 100; n++) {
    broker.publish('campus/v1/school/alerts/a1', `open ${n}`, { qos: 1, retain: true });
    broker.publish('campus/v1/school/room-1/event', `event ${n}`, { qos: 1, retain: false });
    broker.publish('campus/v1/school/alerts/a1', `cleared ${n}`, { qos: 1, retain: false });
    broker.publish('campus/v1/school/room-1/event', `other ${n}`, { qos: 0, retain: false });
    broker.publish('campus/v1/school/room-1/state', `state ${n}`, { qos: 1, retain: true });
    expected.push(
      `alerts open ${n}`,
      `room-1 event ${n}`,
      `alerts cleared ${n}`,
      `room-1 other ${n}`,
      `room-1 state ${n}`,
    );
  }
  await until('the last has come', () => flows.got.at(-1) === 'room-1 state 99');
  expect(flows.got).toEqual(expected);
});
