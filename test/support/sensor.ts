import mqtt from 'mqtt';
import { onTestFinished } from 'vitest';
import type { Product } from './product.ts';

/** Publishes values of `sensor.value` as a device of its own, one message each, in the seconds before now. */
export async function publishSensor(product: Product, device: string, values: readonly number[]): Promise<void> {
  const { site, username, password } = product.addDevice(device);
  const client = await mqtt.connectAsync(`mqtt://127.0.0.1:${product.mqttPort}`, { username, password });
  onTestFinished(() => client.endAsync(true));
  const now = Date.now();
  for (const [index, value] of values.entries()) {
    const metrics = [{ name: 'sensor', tags: {}, fields: { value }, timestamp: now - 1000 * (values.length - index) }];
    await client.publishAsync(`campus/v1/${site}/${device}/telemetry`, JSON.stringify({ metrics }), { qos: 1 });
  }
}

/** The sum of all values of the last and the next hour, as the API tells it. */
export async function sensorSum(product: Product): Promise<number> {
  const [from, to] = [Date.now() - 3600_000, Date.now() + 3600_000];
  const { series } = await product.get<{ series: { points: [number, number][] }[] }>(
    `series?measurement=sensor&field=value&from=${from}&to=${to}&step=2h&aggregate=sum`,
  );
  return (series[0]?.points ?? []).reduce((sum, [, value]) => sum + value, 0);
}
