import { kill } from 'node:process';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Product } from '../../support/product.ts';
import { startProduct } from '../../support/start-product.ts';
import { until } from '../../support/until.ts';

interface Alerts {
  alerts: { id: string; rule: string; device: string; state: string; summary: { en: string; 'zh-CN': string } }[];
}

const offline = async (product: Product, query = ''): Promise<Alerts['alerts'][number] | undefined> =>
  (await product.get<Alerts>(`alerts${query}`)).alerts.find(({ rule }) => rule === 'device-offline');

/** Waits until the agent has reported and flows watch it. */
async function watched(product: Product): Promise<string> {
  await until('flows watch', () => product.output.includes('flows are ready'), { timeoutMs: 20_000 });
  const { devices } = await until('the agent is online', async () => {
    const list = await product.get<{ devices: { id: string; online: boolean }[] }>('devices');
    return list.devices.some(({ online }) => online) && list;
  });
  return devices[0]?.id ?? '';
}

describe('an agent that goes away', () => {
  it('raises an alert within 15 s when it is killed, which clears when it is back', async () => {
    const product = await startProduct();
    const device = await watched(product);
    kill(product.pid('agent'), 'SIGKILL');
    const alert = await until('the alert', () => offline(product), { timeoutMs: 15_000 });
    expect(alert.device).toBe(device);
    expect(alert.summary.en).toContain(device);
    expect(alert.summary['zh-CN']).toContain(device);
    await until('the alert is cleared', async () => (await offline(product, '?state=open')) === undefined, {
      timeoutMs: 15_000,
    });
    expect((await offline(product))?.state).toBe('cleared');
  });

  it('raises an alert within 15 s when it hangs, which clears when it goes on', async () => {
    const product = await startProduct();
    await watched(product);
    const agent = product.pid('agent');
    kill(agent, 'SIGSTOP');
    onTestFinished(() => {
      if (product.output !== '') kill(agent, 'SIGCONT');
    });
    const alert = await until('the alert', () => offline(product, '?state=open'), { timeoutMs: 15_000 });
    expect(alert.state).toBe('open');
    kill(agent, 'SIGCONT');
    await until('the alert is cleared', async () => (await offline(product, '?state=open')) === undefined, {
      timeoutMs: 20_000,
    });
  });

  it('raises nothing when it is stopped in order', async () => {
    const product = await startProduct();
    await watched(product);
    kill(product.pid('agent'), 'SIGTERM');
    await until('the agent is offline', async () => {
      const { devices } = await product.get<{ devices: { online: boolean }[] }>('devices');
      return devices.every(({ online }) => !online);
    });
    await until('the agent is back', async () => {
      const { devices } = await product.get<{ devices: { online: boolean }[] }>('devices');
      return devices.some(({ online }) => online);
    });
    expect(await offline(product)).toBeUndefined();
  });
});
