import { expect, it, onTestFinished } from 'vitest';
import { Broker } from '../../../gateway/broker/broker.ts';
import { createPlainListener, listenOn } from '../../../gateway/broker/listeners.ts';
import { Connection } from '../../faults/mqtt/connection.ts';
import { freePort } from '../../support/free-port.ts';
import { until } from '../../support/until.ts';

const DEVICES = 200;
const telemetry = { site: 'school', device: 'room-1', topic: 'campus/v1/school/room-1/telemetry' };

/** A broker with a subscriber as the flows are one. */
async function startBroker() {
  const port = await freePort();
  const seen = { left: 0, states: [] as string[] };
  const broker = await Broker.create({
    authenticate: async (username) => ({ kind: 'flows', site: 'school', username, version: 1 }),
    certified: () => ({ code: 'certificate_unknown', detail: 'no certificates here' }),
    receive: async () => {},
    refused: () => {},
    failed: () => {},
    connected: () => {},
    subscribed: () => {},
    disconnected: () => {},
    notForwarded: () => {
      seen.left++;
    },
    withheld: () => {},
    bans: { failed: () => 'counted' },
    messagesPerSecond: 1000,
  });
  await listenOn(createPlainListener(broker), { host: '127.0.0.1', port, setting: 'CAMPUS_MQTT_PORT' });
  onTestFinished(() => broker.close());
  const account = { username: 'school/flows', password: 'x' };
  const onMessage = ({ topic, payload }: { topic: string; payload: Buffer }): void => {
    if (topic.endsWith('/state')) seen.states.push(payload.toString());
  };
  const flows = await Connection.open({ port, account, clientId: 'flows', keepalive: 0, onMessage });
  onTestFinished(() => flows.cut());
  await flows.subscribe('campus/v1/school/+/telemetry', 0);
  await flows.subscribe('campus/v1/school/+/state', 1);
  return { broker, flows, seen };
}

it('a subscriber that is behind with the telemetry misses no state', async () => {
  const { broker, flows, seen } = await startBroker();
  flows.stopReading();
  await until(
    'its buffers are full of telemetry',
    () => {
      broker.forwardTelemetry(telemetry, Buffer.alloc(256 * 1024));
      return seen.left > 0;
    },
    { everyMs: 5 },
  );
  const states = Array.from({ length: DEVICES }, (_, index) => `state of device ${index}`);
  for (const [index, state] of states.entries())
    broker.publish(`campus/v1/school/room-${index}/state`, state, { qos: 1, retain: true });
  flows.readOn();
  await until('the states have come', () => seen.states.length === DEVICES);
  expect(seen.states).toEqual(states);
});

it('a subscriber that reads nothing at all is sent away, so that it gets anew what it has missed', async () => {
  const { broker, flows, seen } = await startBroker();
  flows.stopReading();
  const payload = 'x'.repeat(64 * 1024);
  await until(
    'it is sent away',
    () => {
      for (let index = 0; index < 20; index++)
        broker.publish(`campus/v1/school/room-${index}/state`, payload, { qos: 1, retain: true });
      return broker.connections === 0;
    },
    { everyMs: 5 },
  );
  expect(seen.states.length).toBeLessThan(20);
});
