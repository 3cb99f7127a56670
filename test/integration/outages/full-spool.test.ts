import mqtt from 'mqtt';
import { expect, it, onTestFinished } from 'vitest';
import { freePort } from '../../support/free-port.ts';
import type { Product } from '../../support/product.ts';
import { startProduct } from '../../support/start-product.ts';
import { until } from '../../support/until.ts';

interface Alerts {
  alerts: { rule: string; device: string; state: string; summary: { en: string; 'zh-CN': string } }[];
}

const rulesOf = async (product: Product, query = ''): Promise<string[]> =>
  (await product.get<Alerts>(`alerts${query}`)).alerts.map(({ rule }) => rule);

/** Reports as another device until the spool takes no more. */
async function fillSpool(product: Product): Promise<void> {
  const { username, password, topic } = product.addDevice('flood');
  const client = await mqtt.connectAsync(`mqtt://127.0.0.1:${product.mqttPort}`, { username, password });
  onTestFinished(() => client.endAsync(true));
  client.on('error', () => {
    // It is sent away when the spool is full.
  });
  const text = 'x'.repeat(10_000);
  await until('the spool is full', async () => {
    const metrics = [{ name: 'flood', tags: {}, fields: { text }, timestamp: Date.now() }];
    for (let count = 0; count < 10; count++) client.publish(topic, JSON.stringify({ metrics }), { qos: 1 });
    return (await rulesOf(product, '?state=open')).includes('spool-blocked');
  });
}

it('raises one alert about a full spool, and none about the devices that it sends away', async () => {
  const config = `
gateway: {mirrors: ["influxdb://127.0.0.1:${await freePort()}/away"], spool: {max_bytes: 1048576}}
flows: {rules: {device-offline: {timeout_seconds: 8}}}
agent: {collectors: {system: {interval_seconds: 1}}}
`;
  const product = await startProduct({ config });
  await until('flows watch', () => product.output.includes('flows are ready'), { timeoutMs: 20_000 });
  await until('the agent is online', async () => {
    const { devices } = await product.get<{ devices: { online: boolean }[] }>('devices');
    return devices.some(({ online }) => online);
  });
  await fillSpool(product);
  const connections = (): number => product.output.split('connected to the gateway mqtt').length - 1;
  const before = connections();
  // Three times is some 12 s and thus longer than the 8 s of silence after which a device would be missed.
  await until('the agent is sent away three times', () => connections() >= before + 3, { timeoutMs: 50_000 });
  expect((await rulesOf(product)).filter((rule) => rule === 'device-offline')).toEqual([]);
  expect((await rulesOf(product, '?state=open')).filter((rule) => rule === 'spool-blocked')).toHaveLength(1);
  const { devices } = await product.get<{ devices: { id: string; online: boolean }[] }>('devices');
  expect(devices.find(({ id }) => id !== 'flood')?.online).toBe(true);
}, 90_000);
