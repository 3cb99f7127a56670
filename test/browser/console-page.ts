import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

const CHROMIUM = '/usr/bin/chromium';
/** No sandbox for root, and nothing that calls home: the tests touch no address but loopback. */
const CHROMIUM_ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/**
 * Debian's real Chromium, without a window.
 * @param launcher a program that starts it elsewhere, such as in a namespace
 */
export function launchChromium(launcher = CHROMIUM): Promise<Browser> {
  if (!existsSync(CHROMIUM)) throw new Error(`${CHROMIUM} is missing: install the Debian package chromium`);
  return chromium.launch({ executablePath: launcher, args: CHROMIUM_ARGUMENTS });
}

/** The same in a network namespace; `dir` takes the program that starts it. */
export function launchChromiumIn(namespace: string, dir: string): Promise<Browser> {
  const launcher = join(dir, 'chromium');
  writeFileSync(launcher, `#!/bin/sh\nexec ip netns exec ${namespace} ${CHROMIUM} "$@"\n`, { mode: 0o755 });
  return launchChromium(launcher);
}

/** A window of the console, which notes everything that a page should not do. */
export class ConsolePage {
  readonly page: Page;
  readonly #origin: string;
  /** Errors on the browser's console, refusals by the content security policy, requests to other addresses. */
  readonly complaints: string[] = [];

  private constructor(page: Page, origin: string) {
    this.page = page;
    this.#origin = origin;
    page.on('console', (message) => {
      if (message.type() === 'error') this.complaints.push(message.text());
    });
    page.on('pageerror', (error) => this.complaints.push(String(error)));
    page.on('request', (request) => {
      if (!/^(data:|blob:)/.test(request.url()) && new URL(request.url()).origin !== origin)
        this.complaints.push(`a request to ${request.url()}`);
    });
  }

  static async open(browser: Browser, origin: string, options: BrowserContextOptions = {}): Promise<ConsolePage> {
    const context = await browser.newContext({ locale: 'en-US', viewport: { width: 1440, height: 900 }, ...options });
    return new ConsolePage(await context.newPage(), origin);
  }

  /** Complaints but for those of the browser about answers that are meant to be refused, such as who is signed in before anyone is. */
  get unexpected(): string[] {
    return this.complaints.filter((text) => !/status of 401/.test(text));
  }

  async goto(path: string): Promise<void> {
    await this.page.goto(`${this.#origin}${path}`);
  }

  /** Signs in at the login page that stands open. */
  async signIn(username: string, password: string): Promise<void> {
    await this.page.locator('#username').fill(username);
    await this.page.locator('#password').fill(password);
    await this.page.keyboard.press('Enter');
  }

  /** Chooses an entry of one of the menus at the top. */
  async choose(menu: 'language' | 'theme' | 'account', entry: string): Promise<void> {
    await this.page.locator(`[data-menu=${menu}]`).click();
    await this.page.getByRole('menuitem', { name: entry }).click();
  }

  /** The value of the tile with this label, such as `12.4 %`. */
  tile(label: string): Promise<string> {
    return this.page.locator('.tile', { hasText: label }).first().locator('.tile-value').innerText();
  }

  /** How many of the page's charts have anything drawn on them. */
  drawnCharts(): Promise<number> {
    return this.page.evaluate<number>(`[...document.querySelectorAll('canvas')].filter((canvas) => {
      if (canvas.width === 0 || canvas.height === 0) return false;
      const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
      return data.some((value) => value !== 0);
    }).length`);
  }

  /** Pixels by which the page is wider than the window. */
  overflow(): Promise<number> {
    return this.page.evaluate<number>('document.documentElement.scrollWidth - window.innerWidth');
  }

  /** Saves what a user sees below the system's temporary directory, to be looked at. */
  async screenshot(name: string): Promise<void> {
    const dir = join(tmpdir(), 'campus-edge-screenshots');
    mkdirSync(dir, { recursive: true });
    await this.page.screenshot({ path: join(dir, `${name}.png`), fullPage: true });
  }

  async close(): Promise<void> {
    await this.page.context().close();
  }
}
