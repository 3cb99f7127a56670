import { kill } from 'node:process';
import mqtt from 'mqtt';
import { describe, expect, it } from 'vitest';
import type { Product } from '../../support/product.ts';
import { startProduct } from '../../support/start-product.ts';
import { until } from '../../support/until.ts';

interface Alerts {
  alerts: { id: string; rule: string; device: string; state: string }[];
}

const openAlerts = async (product: Product): Promise<string[]> =>
  (await product.get<Alerts>('alerts?state=open')).alerts.map(({ id }) => id);

/** Makes a device fill its disk until the rule has raised its alert. */
async function raiseDiskAlert(product: Product): Promise<(usedPercent: number) => Promise<void>> {
  const { site, username, password } = product.addDevice('room-101');
  const report = async (usedPercent: number): Promise<void> => {
    const client = await mqtt.connectAsync(`mqtt://127.0.0.1:${product.mqttPort}`, { username, password });
    const metrics = [
      { name: 'disk', tags: { mount: '/' }, fields: { used_percent: usedPercent }, timestamp: Date.now() },
    ];
    await client.publishAsync(`campus/v1/${site}/room-101/telemetry`, JSON.stringify({ metrics }), { qos: 1 });
    await client.endAsync();
  };
  await until('flows watch', () => product.output.includes('flows are ready'), { timeoutMs: 20_000 });
  await until(
    'the alert',
    async () => {
      await report(97);
      return (await openAlerts(product)).length > 0;
    },
    { timeoutMs: 20_000, everyMs: 500 },
  );
  return report;
}

const config =
  'flows: {rules: {disk-nearly-full: {for_seconds: 1, clear_for_seconds: 0}}}\nagent: {collectors: {system: {interval_seconds: 1}}}';

describe('a process that is killed', () => {
  it('comes back, and the open alerts stay and still clear', async () => {
    const product = await startProduct({ config });
    const report = await raiseDiskAlert(product);
    const open = await openAlerts(product);
    for (const name of ['flows', 'gateway'] as const) {
      const killed = product.pid(name);
      kill(killed, 'SIGKILL');
      await until(`${name} is back`, async () => {
        try {
          return product.pid(name) !== killed;
        } catch {
          return false;
        }
      });
      await product.ready();
      expect(await openAlerts(product)).toEqual(expect.arrayContaining(open));
    }
    await until('flows watch again', () => product.output.split('flows are ready').length > 2, { timeoutMs: 20_000 });
    await until(
      'the alert is cleared',
      async () => {
        await report(40);
        return !(await openAlerts(product)).includes(open[0] ?? '');
      },
      { timeoutMs: 20_000, everyMs: 500 },
    );
  });

  it('costs the agent no sample', async () => {
    const product = await startProduct({ config });
    const samples = async (): Promise<number[]> => {
      const path = `series?measurement=system&field=uptime_seconds&from=${Date.now() - 3600_000}&to=${Date.now() + 60_000}`;
      const { series } = await product.get<{ series: { points: [number, number][] }[] }>(path);
      return series[0]?.points.map(([time]) => time) ?? [];
    };
    await until('five samples', async () => (await samples()).length >= 5);
    const killed = product.pid('gateway');
    kill(killed, 'SIGKILL');
    const killedAt = Date.now();
    await product.ready();
    const times = await until(
      'five samples after the gateway is back',
      async () => {
        const all = await samples();
        return (
          all.filter((time) => time > Date.now() - 6000).length >= 4 &&
          all.some((time) => time > killedAt + 6000) &&
          all
        );
      },
      { timeoutMs: 30_000 },
    );
    const gaps = times.slice(1).map((time, index) => time - (times[index] ?? 0));
    expect(Math.max(...gaps)).toBeLessThan(1900);
    expect(new Set(times).size).toBe(times.length);
  });
});
