import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import mqtt from 'mqtt';
import { expect, it, onTestFinished } from 'vitest';
import { isRoot } from '../../support/root.ts';
import { startProduct } from '../../support/start-product.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { until } from '../../support/until.ts';

/** A home on a file system of its own of 64 MB. */
function smallDisk(): string {
  const home = join(temporaryDirectory(), 'home');
  mkdirSync(home);
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64m', 'tmpfs', home]);
  onTestFinished(() => void execFileSync('umount', ['--lazy', home]));
  return home;
}

/** Writes to a file until not one byte more goes in. */
function fill(path: string): void {
  for (const size of [1024 * 1024, 4096, 1]) {
    try {
      while (true) appendFileSync(path, Buffer.alloc(size));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
    }
  }
}

it.skipIf(!isRoot)(
  'acknowledges nothing on a full disk, survives it, says so, and goes on when there is room again',
  async () => {
    const home = smallDisk();
    const product = await startProduct({ home });
    const { site, username, password } = product.addDevice('room-101');
    const url = `mqtt://127.0.0.1:${product.mqttPort}`;
    const publish = async (value: number): Promise<boolean> => {
      const client = await mqtt.connectAsync(url, { username, password, reconnectPeriod: 0, connectTimeout: 3000 });
      client.on('error', () => {
        // The gateway ends the connection of a message that it cannot make safe; that is what is looked at.
      });
      const metrics = [{ name: 'sensor', tags: {}, fields: { value }, timestamp: Date.now() }];
      const closed = new Promise<false>((resolve) => client.once('close', () => resolve(false)));
      const acknowledged = client
        .publishAsync(`campus/v1/${site}/room-101/telemetry`, JSON.stringify({ metrics }), { qos: 1 })
        .then(
          () => true,
          () => false,
        );
      const outcome = await Promise.race([acknowledged, closed]);
      await client.endAsync(true);
      return outcome;
    };
    expect(await publish(1)).toBe(true);
    const gateway = product.pid('gateway');
    expect(await product.get('about')).toMatchObject({ site });

    const filler = join(home, 'filler');
    fill(filler);
    await until('a message that is not acknowledged', async () => !(await publish(2)));
    const listener = await mqtt.connectAsync(url, { username, password, reconnectPeriod: 0 });
    await expect(listener.subscribeAsync('#')).rejects.toThrow();
    await listener.endAsync(true);
    await expect(mqtt.connectAsync(url, { username, password: 'wrong', reconnectPeriod: 0 })).rejects.toThrow(
      /bad username or password|not authorized/i,
    );
    expect(product.pid('gateway')).toBe(gateway);
    const ready = await fetch(`http://127.0.0.1:${product.httpPort}/readyz`);
    expect(ready.status).toBe(503);
    expect(product.output).toContain('messages are not acknowledged, devices keep them');

    rmSync(filler);
    await until('messages are acknowledged again', () => publish(4));
    expect((await fetch(`http://127.0.0.1:${product.httpPort}/readyz`)).status).toBe(200);
    const range = `from=${Date.now() - 3600_000}&to=${Date.now() + 3600_000}`;
    const values = await until('what was acknowledged is in the store', async () => {
      const { series } = await product.get<{ series: { points: [number, number][] }[] }>(
        `series?measurement=sensor&field=value&${range}`,
      );
      const all = series[0]?.points.map(([, value]) => value) ?? [];
      return all.includes(4) && all;
    });
    expect(values).toContain(1);
    expect(product.pid('gateway')).toBe(gateway);
  },
);
