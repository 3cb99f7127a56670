import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { mqttBanRule } from '../../gateway/access/bans.ts';
import { password, startHttpGateway } from '../integration/http/http-gateway.ts';
import { root } from '../tidy/sources.ts';
import { ConsolePage, launchChromium } from './console-page.ts';

let browser: Browser;

beforeAll(async () => {
  browser = await launchChromium();
});

afterAll(async () => {
  await browser?.close();
});

const looks = [
  { name: 'en-light', language: 'en-US', colorScheme: 'light', width: 1440 },
  { name: 'zh-dark-phone', language: 'zh-CN', colorScheme: 'dark', width: 390 },
] as const;

it.each(looks)(
  'lists bans and tokens, lifts and revokes them: $name',
  async ({ name, language, colorScheme, width }) => {
    const gateway = await startHttpGateway({ consoleDir: join(root, 'dashboards/console/dist') });
    const { bans, people, registry, clock } = gateway;
    await people.add({ name: 'ann', role: 'admin', password });
    clock.pass(Date.now() - clock.time);
    for (let n = 0; n < mqttBanRule.failures; n += 1) bans.failed('192.0.2.7');
    registry.tokens.add({
      name: 'grafana',
      role: 'viewer',
      scopes: ['measurements'],
      createdBy: 'user:ann',
      now: clock.time,
    });
    const viewport = { width, height: 900 };
    const console = await ConsolePage.open(browser, gateway.url, { locale: language, colorScheme, viewport });
    try {
      const { page } = console;
      await console.goto('/access');
      await console.signIn('ann', password);
      await page.getByText('192.0.2.7').waitFor();
      await page.getByText('grafana').waitFor();
      expect(await console.overflow()).toBeLessThanOrEqual(0);
      await console.screenshot(`access-${name}`);
      await page.locator('tr', { hasText: '192.0.2.7' }).getByRole('button').click();
      await page.getByText('192.0.2.7').waitFor({ state: 'detached' });
      const token = page.locator('tr', { hasText: 'grafana' });
      await token.getByRole('button').click();
      expect(registry.tokens.list()).toHaveLength(1);
      await token.getByRole('button').click();
      await page.getByText('grafana').waitFor({ state: 'detached' });
      expect([bans.list(), registry.tokens.list()]).toEqual([[], []]);
      expect(console.unexpected).toEqual([]);
    } finally {
      await console.close();
    }
  },
);
