import { expect, it } from 'vitest';
import { SimulatedFleet } from '../../bench/simulated-devices.ts';
import { startProduct } from '../../support/start-product.ts';
import { until } from '../../support/until.ts';

it('stores every batch of 200 devices once', { timeout: 120_000 }, async () => {
  const product = await startProduct();
  const { home, mqttPort } = product;
  const fleet = new SimulatedFleet({ home, mqttPort, devices: 200, everyMs: 2000, prefix: 'sim' });
  await fleet.connect();
  fleet.report();
  await until('three batches of each device', () => fleet.acknowledged >= 600, { timeoutMs: 30_000 });
  await fleet.stop();
  const day = 24 * 3600 * 1000;
  const range = `from=${Date.now() - day}&to=${Date.now() + day}&step=1d`;
  const sum = async (field: string, aggregate: string): Promise<number> => {
    const path = `series?measurement=sim_load&field=${field}&${range}&aggregate=${aggregate}`;
    const { series } = await product.get<{ series: { points: [number, number][] }[] }>(path);
    return series.flatMap(({ points }) => points).reduce((total, [, value]) => total + value, 0);
  };
  await until('all batches in the store', async () => (await sum('seq', 'count')) >= fleet.acknowledged);
  expect(await sum('seq', 'count')).toBe(fleet.acknowledged);
  const { devices } = await product.get<{ devices: { id: string; online: boolean }[] }>('devices?limit=500');
  expect(devices.filter(({ id }) => id.startsWith('sim-'))).toHaveLength(200);
});
