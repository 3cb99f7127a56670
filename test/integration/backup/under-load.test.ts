import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import mqtt from 'mqtt';
import { describe, expect, it } from 'vitest';
import { type DeviceAccount, Product } from '../../support/product.ts';
import { startProduct } from '../../support/start-product.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { until } from '../../support/until.ts';

const run = promisify(execFile);

/** Samples of one test: what one answer of the API holds. */
const SAMPLES_MAX = 40_000;
const BEGIN = Date.now() - 3600_000;

/** Publishes numbered samples as fast as they are acknowledged, and remembers which were. */
class Publisher {
  readonly acknowledged = new Set<number>();
  #client: mqtt.MqttClient | undefined;
  #last = 0;
  #running = true;
  #done: Promise<void> = Promise.resolve();

  async start(product: Product, { username, password, topic }: DeviceAccount): Promise<void> {
    const client = await mqtt.connectAsync(`mqtt://127.0.0.1:${product.mqttPort}`, {
      ...{ username, password, reconnectPeriod: 0 },
    });
    client.on('error', () => {
      // The gateway is killed: what counts is what it acknowledged before.
    });
    this.#client = client;
    const one = async (): Promise<void> => {
      while (this.#running && this.#last < SAMPLES_MAX) {
        const value = ++this.#last;
        try {
          await client.publishAsync(topic, payload(value), { qos: 1 });
        } catch {
          return;
        }
        this.acknowledged.add(value);
      }
    };
    this.#done = Promise.all(Array.from({ length: 20 }, one)).then(() => {});
  }

  async stop(): Promise<void> {
    this.#running = false;
    this.#client?.end(true);
    await this.#done;
  }
}

function payload(value: number): string {
  const metrics = [{ name: 'load', tags: {}, fields: { value }, timestamp: BEGIN + value }];
  return JSON.stringify({ metrics, boot: 'one-boot', seq: value });
}

/** The numbers that a product has stored, in the order of their samples. */
async function storedValues(product: Product): Promise<number[]> {
  const range = `from=${BEGIN}&to=${BEGIN + SAMPLES_MAX + 1}`;
  const { series, truncated } = await product.get<{ series: { points: [number, number][] }[]; truncated: boolean }>(
    `series?measurement=load&field=value&${range}`,
  );
  expect(truncated).toBe(false);
  return series[0]?.points.map(([, value]) => value) ?? [];
}

/** The backup runs beside this process: the samples must not wait for it. */
async function backUp(product: Product, out: string): Promise<void> {
  const program = join(import.meta.dirname, '../../../cli/campus-edge.js');
  await run(process.execPath, [program, 'backup', '--out', out, '--home', product.home]);
}

describe('a home that is backed up under load', () => {
  it('is restored with every sample that was acknowledged before, each once, and with all else', async () => {
    const product = await startProduct({ config: 'site: no3-school\n' });
    const account = product.addDevice('room-101');
    product.command('user', 'add', 'wang', '--role', 'operator', '--generate');
    const publisher = new Publisher();
    await publisher.start(product, account);
    await until('samples flow', () => publisher.acknowledged.size > 3000, { timeoutMs: 30_000 });
    const before = new Set(publisher.acknowledged);
    const file = join(temporaryDirectory(), 'backup.tar.zst');
    await backUp(product, file);
    const during = publisher.acknowledged.size - before.size;
    await until('samples go on', () => publisher.acknowledged.size > before.size + during + 100);
    await product.killAll();
    await publisher.stop();
    expect(during).toBeGreaterThan(0);

    const home = join(temporaryDirectory(), 'restored');
    const restored = await Product.prepare({ home });
    expect(restored.command('restore', file)).toMatchObject({ code: 0, stderr: '' });
    restored.run();
    try {
      await restored.ready();
      await until('the spool is drained', async () => (await storedValues(restored)).length >= before.size);
      const values = await storedValues(restored);
      const stored = new Set(values);
      expect([...before].filter((value) => !stored.has(value))).toEqual([]);
      expect(stored.size).toBe(values.length);

      // A device whose acknowledgement was lost sends again what the backup holds already.
      const client = await mqtt.connectAsync(`mqtt://127.0.0.1:${restored.mqttPort}`, {
        username: account.username,
        password: account.password,
      });
      const sentAgain = values.slice(-500);
      await Promise.all(sentAgain.map((value) => client.publishAsync(account.topic, payload(value), { qos: 1 })));
      await client.publishAsync(account.topic, payload(SAMPLES_MAX), { qos: 1 });
      await client.endAsync();
      await until('a new sample is stored', async () => (await storedValues(restored)).includes(SAMPLES_MAX));
      expect(await storedValues(restored)).toHaveLength(values.length + 1);

      const { devices } = await restored.get<{ devices: { id: string; site: string }[] }>('devices');
      expect(devices).toEqual(
        expect.arrayContaining([expect.objectContaining({ id: 'room-101', site: 'no3-school' })]),
      );
      const { users } = await restored.get<{ users: { name: string }[] }>('users');
      expect(users.map(({ name }) => name)).toEqual(['admin', 'wang']);
      const { audit } = await restored.get<{ audit: { action: string; actor: string }[] }>('audit');
      expect(audit.map(({ action }) => action)).toEqual(
        expect.arrayContaining(['home.restore', 'user.add', 'device.add']),
      );
      const { tokens } = await restored.get<{ tokens: { name: string }[] }>('tokens');
      expect(tokens.map(({ name }) => name)).toEqual(['test']);
      expect((await fetch(`http://127.0.0.1:${restored.httpPort}/readyz`)).status).toBe(200);
      expect(restored.output).not.toContain('Password:');
    } finally {
      await restored.stop();
    }
  });
});
