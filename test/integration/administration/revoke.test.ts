import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import mqtt from 'mqtt';
import { expect, it, onTestFinished } from 'vitest';
import type { Product } from '../../support/product.ts';
import { startProduct } from '../../support/start-product.ts';
import { until } from '../../support/until.ts';

interface Alerts {
  alerts: { id: string; rule: string; device: string; site: string; state: string }[];
}

const config = 'flows: {rules: {disk-nearly-full: {for_seconds: 1, clear_for_seconds: 0}}}';

const alertsOf = async (product: Product, device: string): Promise<Alerts['alerts']> =>
  (await product.get<Alerts>('alerts')).alerts.filter((alert) => alert.device === device);

it('leaves nothing open about a device that is revoked, and raises nothing more about it', async () => {
  const product = await startProduct({ config });
  const { site, username, password, topic } = product.addDevice('room-101');
  const client = await mqtt.connectAsync(`mqtt://127.0.0.1:${product.mqttPort}`, {
    ...{ username, password, reconnectPeriod: 0 },
    will: { topic: `campus/v1/${site}/room-101/state`, payload: stateText(false), qos: 1, retain: true },
  });
  onTestFinished(() => client.endAsync(true));
  client.on('error', () => {
    // The gateway ends the connection.
  });
  await client.publishAsync(`campus/v1/${site}/room-101/state`, stateText(true), { qos: 1, retain: true });
  await until('flows watch', () => product.output.includes('flows are ready'), { timeoutMs: 20_000 });
  await until(
    'the alert about its disk',
    async () => {
      const metrics = [{ name: 'disk', tags: { mount: '/' }, fields: { used_percent: 97 }, timestamp: Date.now() }];
      await client.publishAsync(topic, JSON.stringify({ metrics }), { qos: 1 });
      return (await alertsOf(product, 'room-101')).some(({ rule }) => rule === 'disk-nearly-full');
    },
    { timeoutMs: 20_000, everyMs: 500 },
  );

  expect(product.command('device', 'revoke', 'room-101').code).toBe(0);
  await until('its alert is cleared', async () =>
    (await alertsOf(product, 'room-101')).every(({ state }) => state === 'cleared'),
  );
  const { devices } = await product.get<{ devices: { id: string; online: boolean; revoked: boolean }[] }>('devices');
  expect(devices.find(({ id }) => id === 'room-101')).toMatchObject({ online: false, revoked: true });
  // The last value is still past the threshold: the rule asks for the alert again, and its request is refused.
  await until('flows ask again', async () => {
    const { rejects } = await product.get<{ rejects: { device: string; code: string }[] }>('rejects');
    return rejects.some(({ device, code }) => device === 'flows' && code === 'not_found');
  });
  expect((await alertsOf(product, 'room-101')).map(({ rule, state }) => `${rule} ${state}`)).toEqual([
    'disk-nearly-full cleared',
  ]);
});

it('leaves nothing open about the agent of a site that was renamed', async () => {
  const product = await startProduct({ config: `site: old\n${config}` });
  await until('flows watch', () => product.output.includes('flows are ready'), { timeoutMs: 20_000 });
  const { devices } = await until('the agent is online', async () => {
    const list = await product.get<{ devices: { id: string; online: boolean }[] }>('devices');
    return list.devices.some(({ online }) => online) && list;
  });
  const agent = product.pid('agent');
  process.kill(agent, 'SIGSTOP');
  await until(
    'the alert',
    async () => (await alertsOf(product, devices[0]?.id ?? '')).some(({ state }) => state === 'open'),
    { timeoutMs: 15_000 },
  );
  process.kill(product.pid('gateway'), 'SIGKILL');
  process.kill(agent, 'SIGKILL');
  await product.stop();

  writeFileSync(join(product.home, 'campus-edge.yaml'), `site: new\n${config}`);
  product.run();
  await product.ready();
  await until('the old alert is cleared', async () => {
    const { alerts } = await product.get<Alerts>('alerts?site=old');
    return alerts.length > 0 && alerts.every(({ state }) => state === 'cleared');
  });
});

function stateText(online: boolean): Buffer {
  return Buffer.from(JSON.stringify({ online, since: Date.now(), boot: 'one', version: '1' }));
}
