import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { Product } from '../support/product.ts';
import { until } from '../support/until.ts';
import { ConsolePage, launchChromium } from './console-page.ts';

const home = mkdtempSync(join(tmpdir(), 'campus-edge-lazy-parts-'));
let product: Product;
let browser: Browser;

beforeAll(async () => {
  [product, browser] = await Promise.all([Product.prepare({ home }), launchChromium()]);
  product.run();
  await product.ready(60_000);
});

afterAll(async () => {
  await browser?.close();
  await product?.stop();
  rmSync(home, { recursive: true, force: true });
});

/** The console at a page, signed in. */
async function openAt(path: string): Promise<ConsolePage> {
  const console = await ConsolePage.open(browser, `http://127.0.0.1:${product.httpPort}`);
  onTestFinished(() => console.close());
  await console.goto(path);
  await console.signIn('admin', product.password);
  await console.page.locator('main#content h1').waitFor();
  return console;
}

it('a page that is asked for while the gateway restarts comes by itself, with its charts', {
  timeout: 120_000,
}, async () => {
  const console = await openAt('/about');
  await product.stop();
  const failed = console.page.waitForEvent('requestfailed', (request) =>
    request.url().includes('/assets/OverviewPage'),
  );
  await console.page.getByRole('link', { name: 'Overview' }).click();
  await failed;
  product.run();
  await product.ready(60_000);
  await console.page.getByRole('heading', { name: 'Overview' }).waitFor({ timeout: 60_000 });
  await until('charts are drawn', async () => (await console.drawnCharts()) > 0, { timeoutMs: 60_000 });
});

it('charts whose part is lost on its way are drawn all the same', async () => {
  const console = await openAt('/about');
  let lost = 0;
  await console.page.route(/\/assets\/echarts/, (route) => {
    lost += 1;
    return lost === 1 ? route.abort() : route.continue();
  });
  await console.page.getByRole('link', { name: 'Overview' }).click();
  // The second time it is the window that was loaded anew that asks.
  await until('the part is asked for again', () => lost > 1, { timeoutMs: 30_000 });
  await console.page.locator('canvas').first().waitFor();
  await until('charts are drawn', async () => (await console.drawnCharts()) > 0, { timeoutMs: 30_000 });
});

it('after an upgrade, which has no page of the old console, the new console comes, at the page that was asked for', async () => {
  const console = await openAt('/about');
  await console.page.evaluate('window.loadedBefore = true');
  const isOld = (): Promise<boolean> => console.page.evaluate('window.loadedBefore === true');
  await console.page.route(/\/assets\/AuditPage/, async (route) =>
    (await isOld()) ? route.fulfill({ status: 404 }) : route.continue(),
  );
  await console.page.getByRole('link', { name: 'Audit' }).click();
  await console.page.getByRole('heading', { name: 'Audit', exact: true }).waitFor();
  expect(new URL(console.page.url()).pathname).toBe('/audit');
  expect(await isOld()).toBe(false);
});
