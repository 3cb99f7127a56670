import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Influxd } from '../../support/influxd.ts';
import { publishSensor, sensorSum } from '../../support/sensor.ts';
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
  const answer = (await (await fetch(`${influxd.url}/query?${query}`)).json()) as {
    results: { series?: { values: [number, number][] }[] }[];
  };
  return answer.results[0]?.series?.[0]?.values[0]?.[1] ?? 0;
}

describe('InfluxDB by one line of configuration', () => {
  it('is the store that the API answers from', async () => {
    const product = await startProduct({ config: `gateway: {store: "influxdb://127.0.0.1:${influxd.port}/primary"}` });
    await publishSensor(product, 'room-101', [1, 2, 4]);
    await until('the values in the series', async () => (await sensorSum(product)) === 7);
    expect(await countInInflux('primary', 'value')).toBe(3);
  });

  it('is a mirror beside DuckDB that catches up after an outage', async () => {
    const product = await startProduct({
      config: `gateway: {mirrors: ["influxdb://127.0.0.1:${influxd.port}/mirror"]}`,
    });
    await publishSensor(product, 'room-101', [1, 2]);
    await until('the mirror has both', async () => (await countInInflux('mirror', 'value')) === 2);
    await influxd.kill();
    await publishSensor(product, 'room-102', [4, 8]);
    await until('DuckDB has all', async () => (await sensorSum(product)) === 15);
    await influxd.run();
    await until('the mirror has all', async () => (await countInInflux('mirror', 'value')) === 4, {
      timeoutMs: 45_000,
    });
  });
});
