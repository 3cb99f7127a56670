import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { version } from '../../runtime/version.ts';
import { freePort } from '../support/free-port.ts';
import { Product } from '../support/product.ts';
import { until } from '../support/until.ts';
import { ConsolePage, launchChromium } from './console-page.ts';

/** Two legs in each of two families, on a machine that does much else. */
const MEASURED_MS = 90_000;

const home = mkdtempSync(join(tmpdir(), 'campus-edge-browser-'));
const ending = new AbortController();
let product: Product;
let browser: Browser;
let device: string;

/** A server of iperf3 that takes one client after another until the tests have ended. */
async function startServer(port: number): Promise<void> {
  const server = spawn('iperf3', ['--server', '--port', `${port}`, '--forceflush'], {
    signal: ending.signal,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  server.on('error', (error) => {
    if (!ending.signal.aborted) throw error;
  });
  await once(server.stdout, 'data');
}

beforeAll(async () => {
  const port = await freePort();
  // The agent is the gateway's own: a server of the school's stands for the other end.
  const config = `gateway: { throughput: { server: "iperf3://localhost:${port}", bytes: 400000000, seconds: 2 } }\n`;
  [product, browser] = await Promise.all([Product.prepare({ home, config }), launchChromium(), startServer(port)]);
  product.run();
  await product.ready(120_000);
  device = await until(
    'the own device',
    async () => {
      const { devices } = await product.get<{ devices: { id: string; version?: string }[] }>('devices');
      return devices.find((one) => one.version === version)?.id;
    },
    { timeoutMs: 60_000 },
  );
}, 200_000);

afterAll(async () => {
  ending.abort();
  await browser?.close();
  await product?.stop();
  rmSync(home, { recursive: true, force: true });
});

test('the button measures, shows how far it is and adds to the history', { timeout: 300_000 }, async () => {
  const page = await ConsolePage.open(browser, `http://127.0.0.1:${product.httpPort}`);
  await page.goto(`/devices/school/${device}`);
  await page.signIn('admin', product.password);
  const panel = page.page.locator('section', { has: page.page.getByRole('heading', { name: 'Measured throughput' }) });
  const button = panel.getByRole('button', { name: 'Measure throughput' });
  await panel.getByText('Not measured yet').waitFor({ timeout: 60_000 });
  const measure = async (rows: number): Promise<void> => {
    await button.click();
    await panel.getByRole('progressbar').waitFor();
    expect(await button.isDisabled()).toBe(true);
    if (rows === 1)
      await until('it is under way', async () => /Measures/.test(await panel.innerText()), { timeoutMs: 60_000 });
    if (rows === 1) await page.screenshot('throughput-running');
    await until('it has ended', async () => (await panel.locator('tbody tr').count()) === rows, {
      timeoutMs: MEASURED_MS,
    });
    await panel.getByRole('progressbar').waitFor({ state: 'detached' });
  };
  for (const rows of [1, 2, 3]) await measure(rows);
  const figures = await panel.locator('tbody tr').first().locator('td.number').allInnerTexts();
  // Whether this machine has IPv6 on its loopback is its own business.
  expect(figures.slice(0, 2)).toEqual([expect.stringMatching(/bit\/s$/), expect.stringMatching(/bit\/s$/)]);
  await page.screenshot('throughput-light');
  await page.choose('theme', 'Dark');
  await page.choose('language', '中文');
  await page.page.getByRole('heading', { name: '实测吞吐量' }).waitFor();
  await page.screenshot('throughput-dark-zh');
  expect(page.unexpected).toEqual([]);
  await page.close();
  const phone = await ConsolePage.open(browser, `http://127.0.0.1:${product.httpPort}`, {
    ...{ locale: 'zh-CN', viewport: { width: 390, height: 844 }, deviceScaleFactor: 2 },
  });
  await phone.goto(`/devices/school/${device}`);
  await phone.signIn('admin', product.password);
  await phone.page.getByRole('heading', { name: '实测吞吐量' }).waitFor({ timeout: 60_000 });
  await phone.page.locator('tbody tr', { hasText: 'bit/s' }).first().waitFor();
  expect(await phone.overflow()).toBeLessThanOrEqual(0);
  await phone.screenshot('throughput-phone-zh');
  expect(phone.unexpected).toEqual([]);
  await phone.close();
});

test('who may only look has the history and no button', { timeout: 120_000 }, async () => {
  const made = product.command('user', 'add', 'guest', '--role', 'viewer', '--generate');
  const password = made.stdout.trim().split('\n').at(-1) ?? '';
  const page = await ConsolePage.open(browser, `http://127.0.0.1:${product.httpPort}`);
  await page.goto(`/devices/school/${device}`);
  await page.signIn('guest', password);
  await page.page.getByRole('heading', { name: 'Measured throughput' }).waitFor({ timeout: 60_000 });
  expect(await page.page.getByRole('button', { name: 'Measure throughput' }).count()).toBe(0);
  await page.close();
});
