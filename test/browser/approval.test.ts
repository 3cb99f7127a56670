import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { Product } from '../support/product.ts';
import { until } from '../support/until.ts';
import { ConsolePage, launchChromium } from './console-page.ts';

const home = mkdtempSync(join(tmpdir(), 'campus-edge-browser-'));
let product: Product;
let browser: Browser;

beforeAll(async () => {
  const config = 'gateway: {join: {requests: true}, tls: {names: [127.0.0.1]}}';
  [product, browser] = await Promise.all([Product.prepare({ home, config }), launchChromium()]);
  product.run();
  await product.ready();
});

afterAll(async () => {
  await browser?.close();
  await product?.stop();
  rmSync(home, { recursive: true, force: true });
});

/** Runs a command line on a new box, as it was copied from the console. */
function onNewBox(command: string, box: string) {
  // In a process group of its own: npx and a shell stand between this and the command itself.
  const child = spawn('sh', ['-c', `${command} --home '${join(home, box)}'`], { detached: true });
  const shown = { text: '' };
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      shown.text += String(chunk);
    });
  }
  const exited = new Promise<number | null>((resolve) => child.once('close', resolve));
  onTestFinished(() => {
    if (child.exitCode === null && child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
  });
  const code = () =>
    until('the box shows its code', () => /code: {2}([\w-]{9})\n/.exec(shown.text)?.[1], { timeoutMs: 30_000 });
  return { shown, exited, code };
}

it('an administrator compares the code of a box that asks to join, and lets it in', async () => {
  const options = { ignoreHTTPSErrors: true };
  const console = await ConsolePage.open(browser, `https://127.0.0.1:${product.httpsPort}`, options);
  const { page } = console;
  await console.goto('/devices');
  await console.signIn('admin', product.password);
  const panel = page.getByRole('region', { name: 'Devices that ask to join' });
  const command = await panel.locator('.copy code').innerText();
  expect(command).toMatch(
    /^npx campus-edge enroll --gateway https:\/\/127\.0\.0\.1:\d+ --ca-fingerprint sha256:[0-9a-f]{64}$/,
  );

  const box = onNewBox(`${command} --name room-101`, 'box');
  const code = await box.code();
  // Nobody has reloaded the page.
  const row = panel.getByRole('row', { name: code });
  await row.getByText('room-101').waitFor();
  await row.getByRole('button', { name: 'Approve' }).click();
  const dialog = page.getByRole('dialog');
  expect(await dialog.innerText()).toContain(code);
  await dialog.getByLabel('Name', { exact: true }).fill('room-102');
  await dialog.getByRole('button', { name: 'It shows this code: let it in' }).click();
  expect(await box.exited).toBe(0);
  expect(box.shown.text).toContain('school/room-102');
  await dialog.waitFor({ state: 'hidden' });
  await page.locator('body:not(.el-popup-parent--hidden)').waitFor();
  await panel.getByText('No device is waiting').waitFor();

  const stranger = onNewBox(`${command} --name room-102`, 'stranger');
  const other = panel.getByRole('row', { name: await stranger.code() });
  await other.getByText('taken').waitFor();
  await other.getByRole('button', { name: 'Reject' }).click();
  await other.getByRole('button', { name: 'Really reject?' }).click();
  expect(await stranger.exited).toBe(1);
  expect(stranger.shown.text).toContain('join_request_rejected');
  await panel.getByText('No device is waiting').waitFor();
  expect(console.unexpected).toEqual([]);
});

it('the list fits a telephone', async () => {
  const options = { viewport: { width: 360, height: 780 }, locale: 'zh-CN' };
  const console = await ConsolePage.open(browser, `http://127.0.0.1:${product.httpPort}`, options);
  await console.goto('/devices');
  await console.signIn('admin', product.password);
  const panel = console.page.getByRole('region', { name: '加入申请' });
  await panel.getByText('暂无等待批准的设备').waitFor();
  expect(await console.overflow()).toBeLessThanOrEqual(0);
  const command = (await panel.locator('.copy code').innerText()).replace(
    /https:\S+/,
    `https://127.0.0.1:${product.httpsPort}`,
  );
  const box = onNewBox(`${command} --name room-105`, 'telephone');
  await panel.getByRole('row', { name: await box.code() }).waitFor();
  expect(await console.overflow()).toBeLessThanOrEqual(0);
  expect(console.unexpected).toEqual([]);
});
