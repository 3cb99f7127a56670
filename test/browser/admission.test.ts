import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Product } from '../support/product.ts';
import { until } from '../support/until.ts';
import { ConsolePage, launchChromium } from './console-page.ts';

const home = mkdtempSync(join(tmpdir(), 'campus-edge-browser-'));
let product: Product;
let browser: Browser;

beforeAll(async () => {
  const config = 'gateway: {tls: {names: [127.0.0.1]}}';
  [product, browser] = await Promise.all([Product.prepare({ home, config }), launchChromium()]);
  product.run();
  await product.ready();
});

afterAll(async () => {
  await browser?.close();
  await product?.stop();
  rmSync(home, { recursive: true, force: true });
});

it('an administrator at another machine lets devices in by TLS, and puts one out', async () => {
  // The browser does not know the site's authority; everything else about TLS holds.
  const options = { ignoreHTTPSErrors: true };
  const console = await ConsolePage.open(browser, `https://127.0.0.1:${product.httpsPort}`, options);
  const { page } = console;
  await console.goto('/devices');
  await console.signIn('admin', product.password);
  await page.locator('main#content').waitFor();
  const cookies = await page.context().cookies();
  expect(cookies).toMatchObject([{ name: 'campus_session', secure: true, httpOnly: true, sameSite: 'Strict' }]);

  await page.getByRole('button', { name: 'Add a device' }).click();
  await page.getByLabel('Name', { exact: true }).fill('room-101');
  await page.getByRole('button', { name: 'Let it in' }).click();
  const command = await page.getByRole('dialog').locator('.copy code').first().innerText();
  expect(command).toMatch(/^npx campus-edge enroll --gateway https:\/\/127\.0\.0\.1:\d+ --token cej_[\w-]{65}$/);
  const enrolled = spawnSync('sh', ['-c', `${command} --home '${join(home, 'box')}'`], { encoding: 'utf8' });
  expect(enrolled.stderr).not.toContain('campus-edge:');
  expect(enrolled.stdout).toContain('school/room-101');
  await done(page);

  await page.getByRole('button', { name: 'Add a device' }).click();
  await page.getByLabel('Another device: projector, sensor, Telegraf').check();
  await page.getByLabel('Name', { exact: true }).fill('sensor-7');
  await page.getByRole('button', { name: 'Let it in' }).click();
  await page.getByAltText('Login details as a QR code').waitFor();
  const script = await page.locator('pre').innerText();
  expect(spawnSync('sh', ['-c', script], { cwd: home, encoding: 'utf8' })).toMatchObject({ status: 0, stderr: '' });
  await done(page);

  await page.getByRole('link', { name: 'sensor-7' }).first().click();
  await page.getByRole('heading', { name: 'sensor-7' }).waitFor();
  await page.getByRole('button', { name: 'Revoke' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click();
  await page.getByText('Revoked').first().waitFor();
  await until('the script is refused', () => spawnSync('sh', ['-c', script], { cwd: home }).status !== 0);
  expect(console.unexpected).toEqual([]);
});

/** Closes the dialog, and waits until the page below lies still: it moves when its scroll bar comes back. */
async function done(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Done' }).click();
  await page.getByRole('dialog').waitFor({ state: 'hidden' });
  await page.locator('body:not(.el-popup-parent--hidden)').waitFor();
}
