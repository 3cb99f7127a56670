import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { password, startHttpGateway } from '../integration/http/http-gateway.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
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
  { name: 'en-light', locale: 'en-US', language: 'en', button: 'Download', colorScheme: 'light', width: 1440 },
  { name: 'zh-dark-phone', locale: 'zh-CN', language: 'zh-CN', button: '下载', colorScheme: 'dark', width: 360 },
] as const;

it.each(looks)(
  'an auditor takes the report away, and it stands by itself: $name',
  async ({ name, locale, language, button, colorScheme, width }) => {
    const gateway = await startHttpGateway({ consoleDir: join(root, 'dashboards/console/dist') });
    await gateway.people.add({ name: 'eve', role: 'auditor', password });
    const viewport = { width, height: 900 };
    const console = await ConsolePage.open(browser, gateway.url, { locale, colorScheme, viewport });
    try {
      const { page } = console;
      await console.goto('/audit');
      await console.signIn('eve', password);
      await page.getByText('session.create').first().waitFor();
      expect(await console.overflow()).toBeLessThanOrEqual(0);
      await console.screenshot(`privacy-console-${name}`);
      const [ink, paper] = await page.evaluate<[string, string]>(`[
        getComputedStyle(document.querySelector('td .reveal')).color,
        getComputedStyle(document.querySelector('td .reveal').closest('section')).backgroundColor,
      ]`);
      expect(ink).not.toBe(paper);
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('button', { name: button, exact: true }).click(),
      ]);
      expect(download.suggestedFilename()).toMatch(/^campus-edge-privacy-school-\d{4}-\d\d-\d\d\.html$/);
      const file = join(temporaryDirectory(), 'report.html');
      await download.saveAs(file);
      expect(readFileSync(file, 'utf8')).toContain(`<html lang="${language}">`);
      expect(gateway.registry.audit.count('privacy.report')).toBe(1);
      expect(console.unexpected).toEqual([]);
      await page.goto(`file://${file}`);
      await console.screenshot(`privacy-report-${name}`);
      expect(await console.overflow()).toBeLessThanOrEqual(0);
    } finally {
      await console.close();
    }
  },
);
