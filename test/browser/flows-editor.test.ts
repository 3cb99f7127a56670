import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { Product } from '../support/product.ts';
import { until } from '../support/until.ts';
import { ConsolePage, launchChromium } from './console-page.ts';

const home = mkdtempSync(join(tmpdir(), 'campus-edge-editor-'));
let product: Product;
let browser: Browser;

beforeAll(async () => {
  [product, browser] = await Promise.all([Product.prepare({ home }), launchChromium()]);
  product.run();
  await product.ready();
  await until('the flows run', () => product.output.includes('flows are ready'), { timeoutMs: 40_000 });
});

afterAll(async () => {
  await browser?.close();
  await product?.stop();
  rmSync(home, { recursive: true, force: true });
});

async function signedIn(username: string, password: string): Promise<ConsolePage> {
  const page = await ConsolePage.open(browser, `http://127.0.0.1:${product.httpPort}`);
  onTestFinished(() => page.close());
  await page.goto('/');
  await page.signIn(username, password);
  await page.page.locator('main#content').waitFor();
  return page;
}

/** Two nodes on a tab of one's own, as somebody pastes them: an inject that fires by itself, wired to a debug node. */
const pasted = [
  { id: 'own-tab', type: 'tab', label: 'Mine' },
  {
    id: 'own-inject',
    type: 'inject',
    z: 'own-tab',
    name: 'tick',
    props: [{ p: 'payload' }],
    repeat: '1',
    once: true,
    onceDelay: '0.1',
    topic: '',
    payload: 'it runs',
    payloadType: 'str',
    x: 150,
    y: 80,
    wires: [['own-debug']],
  },
  {
    id: 'own-debug',
    type: 'debug',
    z: 'own-tab',
    name: 'seen',
    active: true,
    tosidebar: true,
    tostatus: false,
    complete: 'payload',
    x: 400,
    y: 80,
    wires: [],
  },
];

describe('the editor of the flows', () => {
  it('lets an administrator wire nodes, deploy them, and see them run', async () => {
    const consolePage = await signedIn('admin', product.password);
    const opened = consolePage.page.context().waitForEvent('page');
    await consolePage.page.getByRole('link', { name: 'Flow editor' }).click();
    const editor = await opened;
    const complaints: string[] = [];
    editor.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text());
    });
    await editor.getByText('Device offline').first().waitFor({ timeout: 60_000 });
    expect(await editor.locator('.red-ui-palette-node[data-palette-type="inject"]').count()).toBe(1);
    expect(await editor.locator('.red-ui-palette-node[data-palette-type="function"]').count()).toBe(0);
    expect(await editor.locator('.red-ui-palette-node[data-palette-type="exec"]').count()).toBe(0);

    // What the editor's own import does; dragging nodes about would only test Node-RED.
    await editor.evaluate(`RED.nodes.import(${JSON.stringify(pasted)}, { generateIds: false });
      RED.nodes.dirty(true); RED.workspaces.show('own-tab'); RED.view.redraw(true)`);
    await editor.getByText('tick').first().waitFor();
    await editor.locator('#red-ui-header-button-deploy').click();
    await editor.getByText('Successfully deployed').waitFor();
    await editor.evaluate('RED.sidebar.show("debug")');
    await editor.locator('.red-ui-debug-msg', { hasText: 'it runs' }).first().waitFor({ timeout: 20_000 });
    await editor.screenshot({ path: join(tmpdir(), 'campus-edge-screenshots', 'flow-editor.png') });
    expect(complaints).toEqual([]);
    const { audit } = await product.get<{ audit: { action: string; actor: string; outcome: string }[] }>(
      'audit?action=flows.deploy',
    );
    expect(audit).toMatchObject([{ actor: 'user:a*', outcome: 'ok' }]);

    // Signing out ends the editor, too.
    await consolePage.choose('account', 'Sign out');
    await editor.getByText('Lost connection to server').first().waitFor({ timeout: 20_000 });
  });

  it('is not offered to an operator, who gets 403', async () => {
    const made = product.command('user', 'add', 'operator', '--role', 'operator', '--generate');
    const page = await signedIn('operator', made.stdout.trim().split('\n').at(-1) ?? '');
    expect(await page.page.getByRole('navigation').getByRole('link').allInnerTexts()).not.toContain('Flow editor');
    const answer = await page.page.goto(`http://127.0.0.1:${product.httpPort}/flows/`);
    expect(answer?.status()).toBe(403);
  });
});
