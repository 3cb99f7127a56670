import { mkdtempSync, rmSync } from 'node:fs';
import { release, tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'mqtt';
import type { Browser, BrowserContextOptions } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { channelTopic } from '../../contract/topics.ts';
import { version } from '../../runtime/version.ts';
import { Product } from '../support/product.ts';
import { until } from '../support/until.ts';
import { ConsolePage, launchChromium } from './console-page.ts';

/** Samples are 10 s apart, and rates need two of them. */
const FIRST_RATES_MS = 30_000;
const pages = ['/', '/devices', '/alerts', '/audit', '/audit?tab=rejects', '/about'];

const home = mkdtempSync(join(tmpdir(), 'campus-edge-browser-'));
let product: Product;
let browser: Browser;
let open: ConsolePage[] = [];

beforeAll(async () => {
  [product, browser] = await Promise.all([Product.prepare({ home }), launchChromium()]);
  product.run();
  await product.ready();
});

afterEach(async () => {
  const closing = open;
  open = [];
  await Promise.all(closing.map((page) => page.close()));
  expect(closing.flatMap(({ unexpected }) => unexpected)).toEqual([]);
});

afterAll(async () => {
  await browser?.close();
  await product?.stop();
  rmSync(home, { recursive: true, force: true });
});

async function openConsole(path: string, options?: BrowserContextOptions): Promise<ConsolePage> {
  const page = await ConsolePage.open(browser, `http://127.0.0.1:${product.httpPort}`, options);
  open.push(page);
  await page.goto(path);
  return page;
}

/** The console, signed in as the administrator whose password `up` printed. */
async function openAsAdmin(path: string, options?: BrowserContextOptions): Promise<ConsolePage> {
  const page = await openConsole(path, options);
  await page.signIn('admin', product.password);
  await page.page.locator('main#content').waitFor();
  return page;
}

interface DeviceNames {
  devices: { id: string; version?: string }[];
}

/** The id of this machine's own device, once its agent has reported. */
function ownDevice(): Promise<string> {
  return until(
    'the own device',
    async () => (await product.get<DeviceNames>('devices')).devices.find((device) => device.version === version)?.id,
    { timeoutMs: 20_000 },
  );
}

describe('signing in', () => {
  it("speaks the browser's language, can be switched before, and says what went wrong", async () => {
    const page = await openConsole('/devices', { locale: 'zh-CN' });
    await page.page.getByRole('button', { name: '登录' }).waitFor();
    await page.signIn('admin', 'wrong');
    await page.page.getByText('用户名或密码不正确').waitFor();
    await page.choose('language', 'English');
    await page.page.getByText('User name or password is wrong').waitFor();
    await page.signIn('admin', product.password);
    await page.page.getByRole('heading', { name: 'Devices' }).waitFor();
  });

  it('keeps no secret in the browser, and forgets who signs out', async () => {
    const page = await openAsAdmin('/');
    await page.choose('theme', 'Dark');
    await page.choose('language', '简体中文');
    expect(await page.page.evaluate('document.cookie')).toBe('');
    expect(await page.page.evaluate('Object.keys(localStorage).sort()')).toEqual([
      'campus-edge.language',
      'campus-edge.theme',
    ]);
    // The router keeps how far each page was scrolled, until the window closes.
    expect(await page.page.evaluate('Object.keys(sessionStorage)')).toEqual(['vue-router:scroll']);
    await page.choose('account', '退出登录');
    await page.page.locator('#username').waitFor();
    await page.goto('/devices');
    await page.page.locator('#username').waitFor();
  });
});

describe('the overview', () => {
  it('shows this machine, and its values change without a reload', async () => {
    const id = await ownDevice();
    const page = await openAsAdmin('/');
    await page.page.getByRole('heading', { name: id }).waitFor();
    await page.page.evaluate('window.loadedOnce = true');
    await page.page.locator('.live[data-state=live]').waitFor();

    const cpu = await until('the CPU tile', async () => /^[\d.]+\s%$/.exec(await page.tile('CPU'))?.[0], {
      timeoutMs: FIRST_RATES_MS,
    });
    await until('traffic', async () => /bit\/s$/.test(await page.tile('Download')), { timeoutMs: FIRST_RATES_MS });
    await until('a changed CPU value', async () => (await page.tile('CPU')) !== cpu, { timeoutMs: FIRST_RATES_MS });
    // Traffic, CPU, memory and IPv6 share; a machine without a thermometer has no fifth.
    await until('drawn charts', async () => (await page.drawnCharts()) >= 4, { timeoutMs: FIRST_RATES_MS });
    expect(await page.page.locator('.disks li').count()).toBeGreaterThan(0);
    expect(await page.page.locator('.ladder .here').count()).toBe(1);
    expect(await page.page.evaluate('window.loadedOnce')).toBe(true);
    await page.screenshot('overview-en-light');
  });

  it('answers the same in another range of time, which the address keeps', async () => {
    await ownDevice();
    const page = await openAsAdmin('/?range=24h');
    await until('drawn charts', async () => (await page.drawnCharts()) >= 3, { timeoutMs: FIRST_RATES_MS });
    await page.page.getByText('1 h', { exact: true }).click();
    await page.page.waitForURL(/range=1h/);
    await page.page.reload();
    await page.page.locator('.el-segmented__item.is-selected', { hasText: '1 h' }).waitFor();
  });

  it('says when it is not live, and comes back by itself', async () => {
    await ownDevice();
    const page = await openAsAdmin('/');
    await page.page.locator('.live[data-state=live]').waitFor();
    process.kill(product.pid('gateway'), 'SIGKILL');
    await page.page.locator('.live[data-state=reconnecting]').waitFor();
    await page.page.locator('.live[data-state=live]').waitFor({ timeout: 30_000 });
    expect(page.unexpected.filter((text) => !/net::ERR_|status of 50[23]/.test(text))).toEqual([]);
    page.complaints.length = 0;
    const uptime = await page.tile('CPU');
    await until('new values', async () => (await page.tile('CPU')) !== uptime, { timeoutMs: 40_000 });
    page.complaints.length = 0;
  });
});

describe('devices', () => {
  it('are listed and open with what they are made of', async () => {
    const id = await ownDevice();
    const page = await openAsAdmin('/devices');
    const row = page.page.getByRole('row', { name: id });
    await row.getByText('Online').waitFor();
    await row.getByRole('link', { name: id }).click();
    await page.page.waitForURL(new RegExp(`/devices/[a-z0-9-]+/${id}$`));
    await page.page.getByText(release()).waitFor({ timeout: 20_000 });
    await page.screenshot('device-en-light');
  });
});

describe('alerts', () => {
  it('rise before the eyes of whoever looks, are acknowledged and cleared', async () => {
    const account = product.addDevice('room-101');
    const topic = channelTopic(account.site, 'room-101', 'state');
    const state = (online: boolean): string =>
      JSON.stringify({ online, since: Date.now(), boot: 'browser-test', version: '0.0.0' });
    const login = { username: account.username, password: account.password, reconnectPeriod: 0 };
    const join = () =>
      connect(`mqtt://127.0.0.1:${product.mqttPort}`, {
        ...login,
        will: { topic, payload: Buffer.from(state(false)), qos: 1, retain: true },
      });
    const page = await openAsAdmin('/alerts?state=open&device=room-101');

    const device = join();
    await device.publishAsync(topic, state(true), { qos: 1, retain: true });
    device.stream.destroy();
    const card = page.page.locator('.alert', { hasText: 'room-101' });
    await card.waitFor({ timeout: 30_000 });
    await card.getByRole('button', { name: 'Acknowledge' }).click();
    await page.page.getByLabel('Note (optional)').fill('on my way');
    await page.page.getByRole('dialog').getByRole('button', { name: 'Acknowledge' }).click();
    await card.getByText('Acknowledged by a*').waitFor();
    await page.page.getByRole('dialog').waitFor({ state: 'hidden' });
    await page.screenshot('alerts-en-light');

    const back = join();
    await back.publishAsync(topic, state(true), { qos: 1, retain: true });
    await page.page.getByText('No open alerts').waitFor({ timeout: 30_000 });
    back.stream.destroy();
    await card.getByRole('button', { name: 'Close' }).click();
    await page.page.getByLabel('Note (optional)').fill('taken out of service');
    await page.page.getByRole('dialog').getByRole('button', { name: 'Close', exact: true }).last().click();
    await page.page.getByText('No open alerts').waitFor();
    await page.page.getByText('All', { exact: true }).click();
    await page.page.locator('.alert.cleared', { hasText: 'Closed by a*' }).waitFor();
  });
});

describe('the audit log', () => {
  it('shows who was refused', async () => {
    const page = await openConsole('/audit');
    await page.signIn('mallory', 'guess');
    await page.page.getByText('User name or password is wrong').waitFor();
    await page.signIn('admin', product.password);
    await page.page
      .getByRole('row', { name: /m\*.*refused/ })
      .first()
      .waitFor();
  });

  it('is all that an auditor gets', async () => {
    const made = product.command('user', 'add', 'auditor', '--role', 'auditor', '--generate');
    const page = await openConsole('/');
    await page.signIn('auditor', made.stdout.trim().split('\n').at(-1) ?? '');
    await page.page.getByRole('heading', { name: 'Audit', exact: true }).waitFor();
    expect(await page.page.getByRole('navigation').getByRole('link').allInnerTexts()).toEqual(['Audit']);
  });
});

describe('looks', () => {
  it('are remembered: language and theme', async () => {
    const page = await openAsAdmin('/devices');
    await page.choose('theme', 'Dark');
    await page.choose('language', '简体中文');
    await page.page.reload();
    await page.page.getByRole('heading', { name: '设备', exact: true }).waitFor();
    expect(await page.page.evaluate('document.documentElement.lang')).toBe('zh-CN');
    expect(await page.page.evaluate('document.documentElement.className')).toBe('dark');
    expect(await page.page.title()).toBe('设备 · campus-edge');
  });

  it.each([
    ['zh-CN', 'light'],
    ['en-US', 'dark'],
  ] as const)('fit a phone of 360 pixels, %s, %s', async (locale, colorScheme) => {
    const id = await ownDevice();
    const page = await openAsAdmin('/', { locale, colorScheme, viewport: { width: 360, height: 740 } });
    const { site } = await product.get<{ site: string }>('about');
    for (const path of [...pages, `/devices/${site}/${id}`]) {
      await page.goto(path);
      await page.page.locator('main h1').first().waitFor({ state: 'attached' });
      await page.page.waitForLoadState('load');
      await until('charts, where there are any', async () => {
        const charts = await page.page.locator('canvas').count();
        return (await page.drawnCharts()) === charts;
      });
      expect(await page.overflow(), path).toBeLessThanOrEqual(0);
      await page.screenshot(`phone-${locale}-${colorScheme}${path.replaceAll(/\W+/g, '-')}`);
    }
  });
});
