import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startHttpGateway } from '../integration/http/http-gateway.ts';
import { ConsolePage, launchChromium } from './console-page.ts';

let browser: Browser;

beforeAll(async () => {
  browser = await launchChromium();
});

afterAll(async () => {
  await browser?.close();
});

it('shows the API and asks it, under a policy that lets nothing inline in', async () => {
  const gateway = await startHttpGateway();
  const docs = await ConsolePage.open(browser, gateway.url);
  try {
    await docs.goto('/api/docs');
    const { page } = docs;
    const health = page.locator('.opblock', { hasText: '/healthz' }).first();
    await health.locator('.opblock-summary-control').click();
    await health.getByRole('button', { name: 'Try it out' }).click();
    await health.getByRole('button', { name: 'Execute' }).click();
    await health.locator('.live-responses-table .response-col_status', { hasText: '200' }).waitFor();
    // A list of routes that is laid out: the page's style sheet holds.
    expect(await page.evaluate("getComputedStyle(document.querySelector('.opblock')).borderRadius")).not.toBe('0px');
    // One decoration that the page's script writes as a style attribute is refused; nothing else is.
    expect(docs.unexpected.filter((text) => !text.startsWith('Applying inline style'))).toEqual([]);
  } finally {
    await docs.close();
  }
});
