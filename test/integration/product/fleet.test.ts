import { expect, it } from 'vitest';
import { openHome } from '../../../runtime/home.ts';
import { LoadGenerator } from '../../bench/load/generator.ts';
import { metricNames } from '../../bench/load/machine-metrics.ts';
import { makeAccess } from '../../bench/stacks/accounts.ts';
import { startProduct } from '../../support/start-product.ts';
import { until } from '../../support/until.ts';

it('stores every batch of 200 devices once', { timeout: 120_000 }, async () => {
  const product = await startProduct();
  const { accounts } = await makeAccess(openHome(product.home), { devices: 200, prefix: 'sim' });
  const load = { port: product.mqttPort, accounts, firstIndex: 0, window: 20, boot: 'fleet-test' };
  const generator = new LoadGenerator({ ...load, rate: 100, seconds: 6 });
  await generator.connect(() => undefined);
  const { acknowledgedCount, unacknowledged } = await generator.run();
  expect(acknowledgedCount).toBeGreaterThan(500);
  expect(unacknowledged).toBe(0);
  const day = 24 * 3600 * 1000;
  const range = `from=${Date.now() - day}&to=${Date.now() + day}&step=1d&aggregate=count`;
  const stored = async (metric: string): Promise<number> => {
    const path = `series?measurement=${metric}&field=seq&${range}`;
    const { series } = await product.get<{ series: { points: [number, number][] }[] }>(path);
    return series.flatMap(({ points }) => points).reduce((total, [, value]) => total + value, 0);
  };
  for (const metric of metricNames) {
    await until(`${metric} of every batch`, async () => (await stored(metric)) >= acknowledgedCount);
    expect(await stored(metric)).toBe(acknowledgedCount);
  }
  const { devices } = await product.get<{ devices: { id: string; online: boolean }[] }>('devices?limit=500');
  expect(devices.filter(({ id }) => id.startsWith('sim-'))).toHaveLength(200);
});
