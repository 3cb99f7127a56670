import mqtt from 'mqtt';
import { expect, it, onTestFinished } from 'vitest';
import { startProduct } from '../../support/start-product.ts';
import { until } from '../../support/until.ts';

interface Alerts {
  alerts: { id: string; rule: string; state: string; closed_by?: string }[];
}

it('a closed "IPv6 lost" does not come back until there was IPv6 again', async () => {
  const product = await startProduct({
    config: 'flows: {rules: {ipv6-lost: {for_seconds: 1, clear_for_seconds: 0}}}',
  });
  const { username, password, topic } = product.addDevice('room-101');
  const client = await mqtt.connectAsync(`mqtt://127.0.0.1:${product.mqttPort}`, { username, password });
  onTestFinished(() => client.endAsync(true));
  const report = async (level: number): Promise<void> => {
    const metrics = [{ name: 'ipv6', tags: {}, fields: { level }, timestamp: Date.now() }];
    await client.publishAsync(topic, JSON.stringify({ metrics }), { qos: 1 });
  };
  const alerts = async (query = ''): Promise<Alerts['alerts']> =>
    (await product.get<Alerts>(`alerts?device=room-101${query}`)).alerts;
  const lost = () =>
    until(
      'the alert',
      async () => {
        await report(0);
        return (await alerts('&state=open'))[0];
      },
      { timeoutMs: 15_000, everyMs: 300 },
    );
  await until('flows watch', () => product.output.includes('flows are ready'), { timeoutMs: 20_000 });
  await report(3);
  const first = await lost();
  expect(await product.post(`alerts/${first.id}/close`)).toBe(200);
  // Six reports 0.5 s apart last longer than the second after which the rule would raise it.
  let reports = 0;
  await until(
    'six more reports without IPv6',
    async () => {
      await report(0);
      reports += 1;
      return reports === 6;
    },
    { everyMs: 500 },
  );
  expect(await alerts()).toMatchObject([{ id: first.id, state: 'cleared', closed_by: 'token:test' }]);
  await report(3);
  expect((await lost()).id).not.toBe(first.id);
});
