import { execFileSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { startNameServer } from '../integration/agent/name-servers.ts';
import { School } from '../integration/throughput/school.ts';
import { isRoot } from '../support/root.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { ConsolePage, launchChromiumIn } from './console-page.ts';

/** Every step with its time-outs, on a machine that does much else. */
const CHECKED_MS = 120_000;
const ORIGIN = 'http://127.0.0.1:8080';
/** The link is made while the gateway runs, which looks up its own networks once a minute only. */
const config = `gateway:
  throughput: { bytes: 5000000, seconds: 2 }
  stamp: { sources: ["198.51.1.0/24", "2001:db8:1::/64"] }`;
/** What the path is like on a machine that does much else is not what is tested here. */
const slack = '{ delay_ms: 5000, jitter_ms: 5000, loss_percent: 50 }';
const asking = `agent:
  check: { good: ${slack}, fair: ${slack} }
  collectors: { resolver: { queries: [{ name: portal.school.example }] } }`;
const phone = { locale: 'zh-CN', viewport: { width: 390, height: 844 }, deviceScaleFactor: 2 };

/** The panel of the check, by its title in either language. */
const panelOf = ({ page }: ConsolePage) =>
  page.locator('section', { has: page.getByRole('heading', { name: /Ready for a live lesson\?|能否直播授课？/ }) });

/** An account of the gateway, and its password. */
function addUser(school: School, name: string, role: string): string {
  const made = school.command('user', 'add', name, '--role', role, '--generate');
  return made.trim().split('\n').at(-1) ?? '';
}

async function openDevice(page: ConsolePage, user: string, password: string): Promise<void> {
  await page.goto('/devices/school/room-1');
  await page.signIn(user, password);
  await panelOf(page).waitFor({ timeout: 60_000 });
}

describe.skipIf(!isRoot)('the check of a room in the console', () => {
  test('shows each step, then the verdict and what to try, and keeps the checks before', {
    timeout: 500_000,
  }, async () => {
    const school = await School.start(config);
    await startNameServer(school.namespace, ['portal.school.example,198.51.1.1,2001:db8:1::1']);
    const { namespace } = await school.addRoom('room-1', { up: 20, down: 40 }, asking);
    const [operator, guest] = [addUser(school, 'wang', 'operator'), addUser(school, 'guest', 'viewer')];
    const browser = await launchChromiumIn(school.namespace.name, temporaryDirectory());
    try {
      const page = await ConsolePage.open(browser, ORIGIN);
      await openDevice(page, 'wang', operator);
      const panel = panelOf(page);
      const button = panel.getByRole('button', { name: 'Check the room' });
      await panel.getByText('Not checked yet').waitFor({ timeout: 60_000 });

      // The room has no router yet.
      await button.click();
      await panel.locator('[data-step=gateway][data-state=running]').waitFor({ timeout: CHECKED_MS });
      expect(await button.isDisabled()).toBe(true);
      expect(await panel.locator('[data-step=link]').innerText()).toMatch(/Link\s+ok/);
      expect(await panel.locator('[data-step=address]').innerText()).toMatch(/IPv4 failed\s+IPv6 failed/);
      await page.screenshot('check-running');
      await panel.locator('[data-ready=no]').waitFor({ timeout: CHECKED_MS });
      expect(await panel.locator('.verdict').innerText()).toMatch(/^Not ready\n.*Because .*router.*Try /s);
      await page.screenshot('check-no');

      namespace.ip('route', 'add', 'default', 'via', '198.51.1.1');
      namespace.ip('-6', 'route', 'add', 'default', 'via', '2001:db8:1::1');
      await button.click();
      await panel.locator('[data-step=throughput][data-state=running]').waitFor({ timeout: CHECKED_MS });
      await page.screenshot('check-running-throughput');
      await panel.locator('[data-ready]').waitFor({ timeout: CHECKED_MS });
      expect(await panel.locator('.verdict').innerText()).toMatch(/^Ready for a lesson in 1080p\n/);
      expect(await panel.locator('tr[data-step=throughput]').innerText()).toMatch(
        /down [\d.]+ Mbit\/s, up [\d.]+ Mbit\/s/,
      );
      await page.screenshot('check-yes');

      // The check before opens again.
      const before = panel.locator('tr[data-row=check]').last();
      expect(await before.innerText()).toMatch(/no.*router/s);
      await before.getByRole('button', { name: 'Open' }).click();
      await panel.locator('[data-ready=no]').waitFor();
      await page.choose('theme', 'Dark');
      await page.choose('language', '中文');
      await panel.getByText('暂不能授课').waitFor();
      await page.screenshot('check-no-dark-zh');
      expect(page.unexpected).toEqual([]);
      await page.close();

      const narrow = await ConsolePage.open(browser, ORIGIN, phone);
      await openDevice(narrow, 'wang', operator);
      await panelOf(narrow).getByText('可以进行 1080p 授课').waitFor({ timeout: 60_000 });
      expect(await narrow.overflow()).toBeLessThanOrEqual(0);
      await narrow.screenshot('check-phone-zh');

      // The box goes away: nobody can ask it, and what it found stays.
      for (const pid of execFileSync('ip', ['netns', 'pids', namespace.name], { encoding: 'utf8' }).trim().split('\n'))
        process.kill(Number(pid));
      await panelOf(narrow).getByText('设备离线，恢复在线后即可检查教室网络。').waitFor({ timeout: 60_000 });
      expect(await panelOf(narrow).getByRole('button', { name: '检查教室网络' }).isDisabled()).toBe(true);
      expect(await panelOf(narrow).locator('[data-ready=yes]').count()).toBe(1);
      await narrow.close();

      const looking = await ConsolePage.open(browser, ORIGIN);
      await openDevice(looking, 'guest', guest);
      await panelOf(looking).locator('[data-ready=yes]').waitFor({ timeout: 60_000 });
      expect(await panelOf(looking).getByRole('button', { name: 'Check the room' }).count()).toBe(0);
      await looking.close();
    } finally {
      await browser.close();
    }
  });
});
