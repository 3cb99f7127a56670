import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { startProduct } from '../../support/start-product.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

interface Latest {
  points: { device: string; fields: Record<string, unknown> }[];
}

it('the settings for Mosquitto that `device add` prints report over TLS, and trust nobody but this gateway', async () => {
  const product = await startProduct({ config: 'gateway: {tls: {names: [127.0.0.1]}}' });
  const { stdout } = product.command('device', 'add', 'sensor-7', '--settings', 'mosquitto');
  const run = (script: string) =>
    spawnSync('sh', ['-c', script], { cwd: temporaryDirectory(), encoding: 'utf8', timeout: 10_000 });
  expect(run(stdout)).toMatchObject({ status: 0, stderr: '' });
  const { points } = await product.get<Latest>('latest?measurement=example');
  expect(points).toMatchObject([{ device: 'sensor-7', fields: { value: 1 } }]);

  const other = await startProduct();
  const [ca] = other.command('device', 'add', 'x', '--settings', 'mosquitto').stdout.split('\nEND');
  const fooled = run(`${ca}${stdout.slice(stdout.indexOf('\nEND'))}`);
  expect(fooled.status).not.toBe(0);
  expect(fooled.stderr).toMatch(/certificate verify failed|TLS error/i);
});
