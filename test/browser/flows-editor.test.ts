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

/** A rule without settings, between what this machine reports and the gateway. */
const ownRule = [
  { id: 'rule-tab', type: 'tab', label: 'My rule' },
  {
    id: 'rule-in',
    type: 'campus-in',
    z: 'rule-tab',
    gateway: 'campus-connection',
    channel: 'telemetry',
    measurement: 'system',
    x: 150,
    y: 80,
    wires: [['rule-change']],
  },
  {
    id: 'rule-change',
    type: 'campus-change',
    z: 'rule-tab',
    gateway: 'campus-connection',
    enabled: true,
    rule: '',
    measurement: '',
    field: '',
    subject_tag: '',
    filter: '',
    normal: '',
    only_after_normal: false,
    settle_seconds: 600,
    for_seconds: 60,
    clear_for_seconds: 0,
    class: 'facility-fault',
    sub_class: '',
    level: '4',
    x: 400,
    y: 80,
    wires: [['rule-out']],
  },
  { id: 'rule-out', type: 'campus-alert-out', z: 'rule-tab', gateway: 'campus-connection', x: 650, y: 80, wires: [] },
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

  it('lets an administrator wire a rule of one own in its form, deploy it, and see its alert', async () => {
    const page = await signedIn('admin', product.password);
    const editor = await page.page.context().newPage();
    await editor.goto(`http://127.0.0.1:${product.httpPort}/flows/`);
    await editor.getByText('Device offline').first().waitFor({ timeout: 60_000 });
    for (const type of ['threshold', 'absence', 'rate', 'change', 'flapping', 'baseline', 'forecast', 'share']) {
      expect(await editor.locator(`.red-ui-palette-node[data-palette-type="campus-${type}"]`).count()).toBe(1);
    }
    await editor.evaluate(`RED.nodes.import(${JSON.stringify(ownRule)}, { generateIds: false });
      RED.nodes.dirty(true); RED.workspaces.show('rule-tab'); RED.view.redraw(true);
      RED.editor.edit(RED.nodes.node('rule-change'))`);
    await editor.locator('#node-input-rule').fill('cpu-count-changed');
    await editor.locator('#node-input-measurement').fill('system');
    await editor.locator('#node-input-field').fill('cpu_count');
    await editor.locator('#node-input-normal').fill('4096');
    await editor.locator('#node-input-for_seconds').fill('0');
    // After its icon.
    expect((await editor.locator('label[for="node-input-normal"]').innerText()).trim()).toBe('Normal values');
    await editor.screenshot({ path: join(tmpdir(), 'campus-edge-screenshots', 'flow-rule.png') });
    await editor.locator('#node-dialog-ok').click();
    await editor.locator('#red-ui-header-button-deploy').click();
    await editor.getByText('Successfully deployed').waitFor();
    await until(
      'the alert of the rule',
      async () => {
        const { alerts } = await product.get<{ alerts: { rule: string }[] }>('alerts?state=open');
        return alerts.some(({ rule }) => rule === 'cpu-count-changed');
      },
      { timeoutMs: 40_000 },
    );
    await page.goto('/alerts');
    await page.page.getByText('normal is 4096').first().waitFor();
  });

  it('is not offered to an operator, who gets 403', async () => {
    const made = product.command('user', 'add', 'operator', '--role', 'operator', '--generate');
    const page = await signedIn('operator', made.stdout.trim().split('\n').at(-1) ?? '');
    expect(await page.page.getByRole('navigation').getByRole('link').allInnerTexts()).not.toContain('Flow editor');
    const answer = await page.page.goto(`http://127.0.0.1:${product.httpPort}/flows/`);
    expect(answer?.status()).toBe(403);
  });
});
