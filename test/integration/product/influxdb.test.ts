import mqtt from 'mqtt';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { Influxd } from '../../support/influxd.ts';
import type { Product } from '../../support/product.ts';
import { startProduct } from '../../support/start-product.ts';
import { until } from '../../support/until.ts';

let influxd: Influxd;
beforeAll(async () => {
  influxd = await Influxd.start();
});
afterAll(() => influxd.remove());

/** Counts the values of a field as InfluxDB itself answers. */
async function countInInflux(database: string, field: string): Promise<number> {
  const query = new URLSearchParams({ db: database, q: `SELECT count("${field}") FROM "sensor"` });
  const answer = (await (await fetch(`http://127.0.0.1:${influxd.port}/query?${query}`)).json()) as {
    results: { series?: { values: [number, number][] }[] }[];
  };
  return answer.results[0]?.series?.[0]?.values[0]?.[1] ?? 0;
}

async function publish(product: Product, device: string, values: number[]): Promise<void> {
  const { site, username, password } = product.addDevice(device);
  const client = await mqtt.connectAsync(`mqtt://127.0.0.1:${product.mqttPort}`, { username, password });
  onTestFinished(() => client.endAsync(true));
  const now = Date.now();
  for (const [index, value] of values.entries()) {
    const metrics = [{ name: 'sensor', tags: {}, fields: { value }, timestamp: now - 1000 * (values.length - index) }];
    await client.publishAsync(`campus/v1/${site}/${device}/telemetry`, JSON.stringify({ metrics }), { qos: 1 });
  }
}

const seriesPath = `series?measurement=sensor&field=value&from=${Date.now() - 3600_000}&to=${Date.now() + 3600_000}&step=2h&aggregate=sum`;
type SeriesAnswer = { series: { points: [number, number][] }[] };
const total = ({ series }: SeriesAnswer): number =>
  (series[0]?.points ?? []).reduce((sum, [, value]) => sum + value, 0);

describe('InfluxDB by one line of configuration', () => {
  it('is the store that the API answers from', async () => {
    const product = await startProduct({ config: `gateway: {store: "influxdb://127.0.0.1:${influxd.port}/primary"}` });
    await publish(product, 'room-101', [1, 2, 4]);
    await until('the values in the series', async () => total(await product.get<SeriesAnswer>(seriesPath)) === 7);
    expect(await countInInflux('primary', 'value')).toBe(3);
  });

  it('is a mirror beside DuckDB that catches up after an outage', async () => {
    const product = await startProduct({
      config: `gateway: {mirrors: ["influxdb://127.0.0.1:${influxd.port}/mirror"]}`,
    });
    await publish(product, 'room-101', [1, 2]);
    await until('the mirror has both', async () => (await countInInflux('mirror', 'value')) === 2);
    await influxd.kill();
    await publish(product, 'room-102', [4, 8]);
    await until('DuckDB has all', async () => total(await product.get<SeriesAnswer>(seriesPath)) === 15);
    await influxd.run();
    await until('the mirror has all', async () => (await countInInflux('mirror', 'value')) === 4, {
      timeoutMs: 45_000,
    });
  });
});
