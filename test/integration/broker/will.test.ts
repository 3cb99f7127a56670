import { randomUUID } from 'node:crypto';
import mqtt, { type IClientOptions, type MqttClient } from 'mqtt';
import { expect, it, onTestFinished } from 'vitest';
import { CampusError } from '../../../contract/errors.ts';
import { Broker } from '../../../gateway/broker/broker.ts';
import { createPlainListener, listenOn } from '../../../gateway/broker/listeners.ts';
import { freePort } from '../../support/free-port.ts';
import { until } from '../../support/until.ts';

const telemetry = 'campus/v1/school/room-1/telemetry';
const state = 'campus/v1/school/room-1/state';

/** A broker with one device, whose telemetry `take` receives; tells what came of its wills. */
async function startBroker(take: () => Promise<void>) {
  const port = await freePort();
  const seen = { wills: 0, withheld: 0, gone: 0 };
  const failures: unknown[] = [];
  const broker = await Broker.create({
    authenticate: async (username) => ({ kind: 'device', site: 'school', device: 'room-1', username, version: 1 }),
    certified: () => ({ code: 'certificate_unknown', detail: 'no certificates here' }),
    receive: async (_principal, topic) => {
      if (topic === state) seen.wills++;
      else await take();
    },
    refused: () => {},
    failed: (error) => failures.push(error),
    connected: () => {},
    subscribed: () => {},
    disconnected: () => {
      seen.gone++;
    },
    notForwarded: () => {},
    withheld: () => {
      seen.withheld++;
    },
    bans: { failed: () => 'counted' },
    messagesPerSecond: 1000,
  });
  await listenOn(createPlainListener(broker), { host: '127.0.0.1', port, setting: 'CAMPUS_MQTT_PORT' });
  onTestFinished(() => broker.close());
  onTestFinished(() => expect(failures).toEqual([]));
  const connect = async (options: IClientOptions = {}): Promise<MqttClient> => {
    const client = await mqtt.connectAsync(`mqtt://127.0.0.1:${port}`, {
      ...{ username: 'school/room-1', password: 'x', clientId: randomUUID(), reconnectPeriod: 0 },
      will: { topic: state, payload: Buffer.from('{}'), qos: 1, retain: false },
      ...options,
    });
    client.on('error', () => {
      // The broker ends the connection; that is what is looked at.
    });
    onTestFinished(() => client.endAsync(true));
    return client;
  };
  return { seen, connect };
}

it('publishes the will of a device whose connection breaks', async () => {
  const { seen, connect } = await startBroker(async () => {});
  const client = await connect();
  client.stream.destroy();
  await until('the will', () => seen.wills === 1);
  expect(seen.withheld).toBe(0);
});

it('withholds the will of a device that it sends away because it cannot keep the message', async () => {
  const { seen, connect } = await startBroker(async () => {
    throw new CampusError('queue_full', 'the queue has reached its bound');
  });
  const client = await connect();
  client.publish(telemetry, '{}', { qos: 1 });
  await until('the device is sent away', () => seen.gone === 1 && seen.withheld === 1);
  expect(seen.wills).toBe(0);
});

it('withholds the will of a device whose pings it did not read while a message waited', async () => {
  const waiting = Promise.withResolvers<void>();
  onTestFinished(() => waiting.resolve());
  const { seen, connect } = await startBroker(() => waiting.promise);
  // A client whose clock stands still: else it would miss the answers to its pings at the same moment, and end the connection itself.
  const client = await connect({ keepalive: 1, timerVariant: { set: () => 0, clear: () => {} } });
  for (let count = 0; count < 20; count++) client.publish(telemetry, '{}', { qos: 1 });
  await until('the device is sent away', () => seen.gone === 1 && seen.withheld === 1);
  expect(seen.wills).toBe(0);
});
