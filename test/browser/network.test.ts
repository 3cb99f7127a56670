import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'mqtt';
import type { Browser, BrowserContextOptions, Locator } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { channelTopic } from '../../contract/topics.ts';
import { GatewayProcess } from '../integration/agent/gateway-process.ts';
import type { DeviceAccount } from '../support/product.ts';
import { until } from '../support/until.ts';
import { ConsolePage, launchChromium } from './console-page.ts';
import { networkPoints } from './network-points.ts';

const ROOM = 'room-201';
const CYCLES = 12;
const CYCLE_MS = 30_000;

const home = mkdtempSync(join(tmpdir(), 'campus-edge-browser-'));
let gateway: GatewayProcess;
let browser: Browser;
let password: string;
let account: DeviceAccount;

/** Reports cycles of the past up to now, as a box does that was out of reach. */
async function report(): Promise<void> {
  const login = { username: account.username, password: account.password, reconnectPeriod: 0 };
  const device = connect(`mqtt://127.0.0.1:${gateway.mqttPort}`, login);
  const topic = channelTopic(account.site, ROOM, 'telemetry');
  const now = Date.now();
  for (let at = 0; at < CYCLES; at += 1) {
    const timestamp = now - (CYCLES - 1 - at) * CYCLE_MS;
    const metrics = networkPoints(at).map((point) => ({ ...point, timestamp }));
    await device.publishAsync(topic, JSON.stringify({ metrics }), { qos: 1 });
  }
  await device.endAsync();
}

async function openRoom(options: BrowserContextOptions = {}): Promise<ConsolePage> {
  const page = await ConsolePage.open(browser, `http://127.0.0.1:${gateway.httpPort}`, options);
  await page.goto(`/devices/${account.site}/${ROOM}`);
  await page.signIn('teacher', password);
  return page;
}

const panel = (page: ConsolePage, title: string): Locator =>
  page.page.locator('section.panel', { has: page.page.getByRole('heading', { level: 2, name: title, exact: true }) });

/** The texts of a row's cells, each as one line. */
async function cells(row: Locator): Promise<string[]> {
  await row.waitFor();
  const texts = await row.locator('td').allInnerTexts();
  return texts.map((text) => text.replaceAll(/\s+/g, ' ').trim());
}

beforeAll(async () => {
  [gateway, browser] = await Promise.all([GatewayProcess.start(home), launchChromium()]);
  password =
    gateway.command('user', 'add', 'teacher', '--role', 'viewer', '--generate').trim().split('\n').at(-1) ?? '';
  account = JSON.parse(gateway.command('device', 'add', ROOM, '--json')) as DeviceAccount;
});

afterAll(async () => {
  await browser?.close();
  await gateway?.end();
  rmSync(home, { recursive: true, force: true });
});

test('what a device measures of its network stands on its page, each in a panel of its own', async () => {
  await report();
  const page = await openRoom();

  const path = panel(page, 'Path');
  const lesson = await cells(path.locator('tr[data-target="live.example.edu.cn"]'));
  expect(lesson.slice(1, 3)).toEqual([
    expect.stringMatching(/^2\d(\.\d+)? ms MOS 4\.31 jitter 2\.5 ms loss 0 %$/),
    expect.stringMatching(/^\d\d(\.\d+)? ms MOS 3\.72 jitter 7 ms loss 5 %$/),
  ]);
  expect(lesson[3]).toBe('+7.2 ms jitter +4.5 ms loss +5 % MOS -0.59');
  expect((await cells(path.locator('tr[data-target="first-hop"]')))[2]).toBe('no answer');

  const wifi = panel(page, 'Wi-Fi');
  const station = (await cells(wifi.locator('tr[data-interface="wlan0"]'))).join(' | ');
  expect(station).toContain('高一（3）班 "5G"');
  expect(station).toMatch(/36 · 80 MHz 5 GHz/);
  expect(station).toMatch(/Wi-Fi 6 .*↓ 865 Mbit\/s ↑ 721 Mbit\/s/);
  expect((await cells(wifi.locator('tr[data-interface="wlan1"]'))).at(-1)).toBe(
    '41 802.11a/b/g: 2 Wi-Fi 4: 5 Wi-Fi 5: 11 Wi-Fi 6: 20 Wi-Fi 7: 3',
  );

  const cellular = panel(page, '4G and 5G');
  expect(await cellular.innerText()).toMatch(/5G NSA \(EN-DC\)\s+Registered[\s\S]*CHN-UNICOM/);
  const secondary = await cells(cellular.locator('tr[data-carrier="secondary-1"]'));
  expect(secondary.slice(0, 3)).toEqual(['Secondary 1 5G NR', 'n78 · 100 MHz', 'ARFCN 627264 · PCI 402']);
  expect(secondary[3]).toMatch(/^-(9\d|1\d\d)(\.\d)? dBm$/);

  const ipv6 = panel(page, 'IPv6: routers, both families, NAT64');
  const router = (await cells(ipv6.locator('tr[data-router="fe80::2466:76ff:fe7f:c6e0"]'))).join(' | ');
  expect(router).toMatch(/in use valid for 25 min high preference \| O \| 2001:db8:5::\/64 SLAAC 2001:db8:6::\/64/);
  expect(router).toContain('2001:db8:5::53 school.test | 1492');
  const target = (await cells(ipv6.locator('tr[data-dual-stack="www.example.edu.cn:443"]'))).join(' | ');
  expect(target).toMatch(/IPv4 262 ms IPv6 was slower or failed \| 12\.5 ms path MTU 1500 \| failed path MTU 1280/);
  expect(await ipv6.innerText()).toMatch(/1 address that another machine has, too[\s\S]*DNS64\s+64:ff9b::\/96/);

  expect((await cells(panel(page, 'DNS answers').locator('tbody tr')))[2]).toBe('wrong answer');
  expect((await cells(panel(page, 'DHCP leases').locator('tbody tr'))).at(-1)).toBe('1 hr 30 min of 2 hr');

  await until('the charts', async () => (await page.drawnCharts()) >= 4, { timeoutMs: 20_000 });
  await cellular.getByText('SINR', { exact: true }).first().click();
  await until('SINR is drawn', async () =>
    /latest \S+\sdB,/.test((await cellular.locator('.time-chart').getAttribute('aria-label')) ?? ''),
  );
  await page.screenshot('network-en-light');
  await page.choose('theme', 'Dark');
  await page.choose('language', '简体中文');
  await panel(page, '无线网络').waitFor();
  await page.screenshot('network-zh-dark');
  expect(page.unexpected).toEqual([]);
  await page.close();
});

test.each([
  ['zh-CN', 'light'],
  ['en-US', 'dark'],
] as const)('it fits a phone of 360 pixels, %s, %s', async (locale, colorScheme) => {
  const page = await openRoom({ locale, colorScheme, viewport: { width: 360, height: 740 } });
  await page.page.locator('tr[data-carrier="primary"]').waitFor();
  await until('the charts', async () => (await page.drawnCharts()) >= 4, { timeoutMs: 20_000 });
  expect(await page.overflow()).toBeLessThanOrEqual(0);
  await page.screenshot(`network-phone-${locale}-${colorScheme}`);
  expect(page.unexpected).toEqual([]);
  await page.close();
});

test('a device that measures none of it has none of these panels', async () => {
  const simple = JSON.parse(gateway.command('device', 'add', 'projector', '--json')) as DeviceAccount;
  const login = { username: simple.username, password: simple.password, reconnectPeriod: 0 };
  const device = connect(`mqtt://127.0.0.1:${gateway.mqttPort}`, login);
  const metrics = [{ name: 'system', tags: {}, fields: { cpu_usage_percent: 12 }, timestamp: Date.now() }];
  await device.publishAsync(channelTopic(simple.site, 'projector', 'telemetry'), JSON.stringify({ metrics }), {
    qos: 1,
  });
  await device.endAsync();
  const page = await ConsolePage.open(browser, `http://127.0.0.1:${gateway.httpPort}`);
  await page.goto(`/devices/${simple.site}/projector`);
  await page.signIn('teacher', password);
  await page.page.getByRole('heading', { level: 2, name: 'CPU' }).waitFor();
  const titles = await page.page.getByRole('heading', { level: 2 }).allInnerTexts();
  expect(titles).not.toEqual(expect.arrayContaining([expect.stringMatching(/^(Path|Wi-Fi|4G and 5G|DNS|DHCP)/)]));
  await page.close();
});
