import mqtt, { type MqttClient } from 'mqtt';
import { expect, it, onTestFinished } from 'vitest';
import { channelTopic } from '../../../contract/topics.ts';
import type { Product } from '../../support/product.ts';
import { startProduct } from '../../support/start-product.ts';
import { until } from '../../support/until.ts';

/** What an agent waits between two attempts after a long outage: 30 s and a quarter. */
const LONGEST_PAUSE_MS = 37_500;

const states = async (product: Product): Promise<Record<string, boolean | undefined>> => {
  const { devices } = await product.get<{ devices: { id: string }[] }>('devices');
  const entries = devices.map(async ({ id }) => {
    const { state } = await product.get<{ state?: { online: boolean } }>(`devices/${id}`);
    return [id, state?.online] as const;
  });
  return Object.fromEntries(await Promise.all(entries));
};

it('raises nothing about an agent that comes back as late as one may, and misses one that does not', async () => {
  const product = await startProduct();
  const join = async (id: string, account = product.addDevice(id)): Promise<() => Promise<MqttClient>> => {
    const topic = channelTopic(account.site, id, 'state');
    const state = (online: boolean): string => JSON.stringify({ online, since: Date.now(), boot: 'one', version: '1' });
    return async () => {
      const client = await mqtt.connectAsync(`mqtt://127.0.0.1:${product.mqttPort}`, {
        ...{ username: account.username, password: account.password, reconnectPeriod: 0 },
        will: { topic, payload: Buffer.from(state(false)), qos: 1, retain: true },
      });
      client.on('error', () => {
        // The gateway is killed.
      });
      onTestFinished(() => client.endAsync(true));
      await client.publishAsync(topic, state(true), { qos: 1, retain: true });
      return client;
    };
  };
  const late = await join('late');
  const lost = await join('lost');
  await Promise.all([late(), lost()]);
  await until('flows watch', () => product.output.includes('flows are ready'), { timeoutMs: 20_000 });
  process.kill(product.pid('gateway'), 'SIGKILL');
  await until(
    'the gateway is away',
    async () => (await fetch(`http://127.0.0.1:${product.httpPort}/readyz`).catch(() => undefined)) === undefined,
  );
  await product.ready();
  const readyAt = performance.now();
  await until('an agent has waited', () => performance.now() - readyAt > LONGEST_PAUSE_MS, { timeoutMs: 60_000 });
  expect(await states(product)).toMatchObject({ late: true, lost: true });
  await late();
  const offline = await until(
    'the one that is lost is missed',
    async () => {
      const { alerts } = await product.get<{ alerts: { rule: string; device: string }[] }>('alerts');
      return alerts.length > 0 && alerts;
    },
    { timeoutMs: 40_000 },
  );
  expect(offline.map(({ rule, device }) => `${rule} ${device}`)).toEqual(['device-offline lost']);
}, 150_000);
