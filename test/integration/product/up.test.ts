import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Product } from '../../support/product.ts';
import { startProduct } from '../../support/start-product.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { until } from '../../support/until.ts';

interface Latest {
  points: { device: string; tags: Record<string, string>; fields: Record<string, number>; time: number }[];
}

/** rx and tx bytes by interface, as the kernel counts them now (proc(5), /proc/net/dev). */
function procNetDev(): Map<string, { rx: number; tx: number }> {
  const lines = readFileSync('/proc/net/dev', 'utf8').trim().split('\n').slice(2);
  return new Map(
    lines.map((line) => {
      const [name = '', counters = ''] = line.split(/:(?=[^:]*$)/);
      const values = counters.trim().split(/\s+/).map(Number);
      return [name.trim(), { rx: values[0] ?? 0, tx: values[8] ?? 0 }];
    }),
  );
}

describe('campus-edge up', () => {
  it('is ready within 10 s in an empty home and shows this machine within 5 s more', async () => {
    const product = await Product.prepare({ home: temporaryDirectory() });
    onTestFinished(async () => void (await product.stop()));
    const started = performance.now();
    product.run();
    await product.ready(10_000);
    const ready = performance.now();
    const { points } = await until(
      'a sample of this machine',
      async () => {
        const latest = await product.get<Latest>('latest?measurement=network');
        return latest.points.length > 0 && latest;
      },
      { timeoutMs: 5000 },
    );
    console.info(
      `ready ${Math.round(ready - started)} ms after the start, first sample ${Math.round(performance.now() - ready)} ms later`,
    );
    expect(points.map(({ tags }) => tags['interface']).sort()).toEqual([...procNetDev().keys()].sort());
    for (const measurement of ['system', 'disk', 'ipv6', 'agent']) {
      await until(
        `a sample of ${measurement}`,
        async () => (await product.get<Latest>(`latest?measurement=${measurement}`)).points.length > 0,
      );
    }
  });

  it('agrees with /proc/net/dev within one interval, for every interface', async () => {
    const product = await startProduct({ config: 'agent: {collectors: {network: {interval_seconds: 1}}}' });
    await until('three samples', async () => {
      const range = `from=${Date.now() - 60_000}&to=${Date.now() + 60_000}`;
      const path = `series?measurement=network&field=rx_bytes&${range}&step=1h&aggregate=count&tag.interface=lo`;
      const { series } = await product.get<{ series: { points: [number, number][] }[] }>(path);
      return (series[0]?.points[0]?.[1] ?? 0) >= 3;
    });
    const before = procNetDev();
    const seen = Date.now();
    const { points } = await until('a sample after the first look', async () => {
      const latest = await product.get<Latest>('latest?measurement=network');
      return latest.points.every(({ time }) => time > seen) && latest;
    });
    const after = procNetDev();
    for (const { tags, fields } of points) {
      const [low, high] = [before.get(tags['interface'] ?? ''), after.get(tags['interface'] ?? '')];
      expect(fields['rx_bytes']).toBeGreaterThanOrEqual(low?.rx ?? Number.NaN);
      expect(fields['rx_bytes']).toBeLessThanOrEqual(high?.rx ?? Number.NaN);
      expect(fields['tx_bytes']).toBeGreaterThanOrEqual(low?.tx ?? Number.NaN);
      expect(fields['tx_bytes']).toBeLessThanOrEqual(high?.tx ?? Number.NaN);
    }
  });

  it('prints the first password once, which signs in, and keeps its secrets to itself', async () => {
    const product = await startProduct();
    const { password, home } = product;
    const body = JSON.stringify({ username: 'admin', password });
    const signIn = await fetch(`http://127.0.0.1:${product.httpPort}/api/v1/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    });
    expect(signIn.status).toBe(200);
    await until('the agent and flows have their credentials', () =>
      existsSync(join(home, 'credentials', 'flows', 'mqtt.json')),
    );
    expect(await product.stop()).toBe(0);
    for (const path of readdirSync(home, { recursive: true, encoding: 'utf8' })) {
      const { mode } = statSync(join(home, path));
      expect(`${path} ${(mode & 0o077).toString(8)}`).toBe(`${path} 0`);
    }
    expect(product.output.split(password)).toHaveLength(2);
    for (const line of product.output.split('\n')) if (line.startsWith('{')) expect(line).not.toContain(password);
    product.output = '';
    product.run();
    onTestFinished(async () => void (await product.stop()));
    await product.ready();
    expect(product.password).toBe('');
  });

  it('ends in order within 10 s at SIGTERM and at Ctrl-C', async () => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      const product = await startProduct();
      const asked = performance.now();
      expect(await product.stop(signal)).toBe(0);
      expect(performance.now() - asked).toBeLessThan(10_000);
    }
  });

  it('refuses a broken configuration, a taken port and an unwritable home with one clear line and exit code 2', async () => {
    const broken = await Product.prepare({ home: temporaryDirectory(), config: 'gateway: {store: sqlite}' });
    expect(broken.command('up')).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^campus-edge: config_invalid: .*gateway\.store: expected duckdb, or influxdb/m),
    });

    const taken = await Product.prepare({ home: temporaryDirectory() });
    const holder = createServer().listen(taken.mqttPort, '127.0.0.1');
    await once(holder, 'listening');
    onTestFinished(() => void holder.close());
    expect(taken.command('up')).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/port_taken: port \d+ on 127\.0\.0\.1 is taken.*CAMPUS_MQTT_PORT/),
    });

    const unwritable = await Product.prepare({ home: '/proc/campus-edge' });
    const { code, stderr } = unwritable.command('up');
    expect(code).toBe(2);
    expect(stderr.trim().split('\n')).toEqual([
      expect.stringMatching(/home_not_writable: .*--home DIR or CAMPUS_HOME/),
    ]);
  });
});
