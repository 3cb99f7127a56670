import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { lockHome } from '../../../gateway/home-lock.ts';
import { homeAt } from '../../../runtime/home.ts';
import { freeGatewayPorts, portsInEnv } from '../../support/free-port.ts';
import { Influxd } from '../../support/influxd.ts';
import { startProduct } from '../../support/start-product.ts';
import { root } from '../../tidy/sources.ts';

it('keeps a second gateway out of a home, other ports and InfluxDB or not, until the first is gone', async () => {
  const influxd = await Influxd.start();
  onTestFinished(() => influxd.remove());
  const product = await startProduct({ config: `gateway: {store: "influxdb://127.0.0.1:${influxd.port}/campus"}` });
  const ports = portsInEnv(await freeGatewayPorts());
  const second = spawnSync(process.execPath, [join(root, 'cli/campus-edge.js'), 'gateway', '--home', product.home], {
    env: { ...process.env, LC_ALL: 'C', ...ports },
    encoding: 'utf8',
    timeout: 20_000,
  });
  expect(second.status).toBe(2);
  expect(second.stderr).toMatch(/^campus-edge: home_locked: another gateway runs on the home [^\n]+\n$/);
  expect(second.stderr).toContain(product.home);

  const home = homeAt(product.home);
  expect(() => lockHome(home)).toThrow(expect.objectContaining({ code: 'home_locked' }));
  process.kill(product.pid('gateway'), 'SIGKILL');
  await expect.poll(() => product.output.includes('gateway ended (SIGKILL)')).toBe(true);
  lockHome(home)();
  await product.ready();
});
