import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { startProduct } from '../../support/start-product.ts';
import { until } from '../../support/until.ts';

interface Latest {
  points: { device: string; fields: Record<string, unknown> }[];
}

it('what `device add` prints works when it is pasted, beside a running gateway', async () => {
  const product = await startProduct();
  const { stdout } = product.command('device', 'add', 'projector-101');
  const lines = stdout.slice(stdout.indexOf('mosquitto_pub'));
  expect(spawnSync('sh', ['-c', lines], { encoding: 'utf8', timeout: 10_000 })).toMatchObject({
    status: 0,
    stderr: '',
  });
  const { points } = await product.get<Latest>('latest?measurement=example');
  expect(points).toMatchObject([{ device: 'projector-101', fields: { value: 1 } }]);

  expect(product.command('device', 'revoke', 'projector-101').code).toBe(0);
  await until(
    'the refusal of a revoked device',
    () => spawnSync('sh', ['-c', lines], { timeout: 10_000 }).status !== 0,
  );
});

it('a token works until it is revoked', async () => {
  const product = await startProduct();
  const token = product.command('token', 'create', '--role', 'viewer').stdout.trimEnd().split('\n').at(-1);
  const status = async (): Promise<number> => {
    const headers = { authorization: `Bearer ${token}` };
    return (await fetch(`http://127.0.0.1:${product.httpPort}/api/v1/devices`, { headers })).status;
  };
  expect(await status()).toBe(200);
  const [{ id } = { id: '' }] = JSON.parse(product.command('token', 'list', '--json').stdout).tokens as {
    id: string;
  }[];
  expect(product.command('token', 'revoke', id).code).toBe(0);
  await until('the refusal of a revoked token', async () => (await status()) === 401);
});
