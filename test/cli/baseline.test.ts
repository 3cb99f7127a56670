import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeTree } from '../agent/tree.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { campusEdge } from './invocation.ts';

/** A box with one fault: its shell has no time-out, in a comment that would be a script on a page. */
const faulty = (): string =>
  makeTree({ '/etc/profile': 'umask 022\n', '/etc/passwd': 'root:x:0:0:<b>:/root:/bin/sh\n' });
const run = (root: string, ...args: string[]) =>
  campusEdge(['baseline', '--root', root, '--home', temporaryDirectory(), ...args]);

describe('baseline', () => {
  it('says what is not met and how to mend it, in both languages', async () => {
    const root = faulty();
    const english = await run(root);
    expect(english.exitCode).toBe(1);
    expect(english.stdout).toContain(
      `[not met] a shell ends after 15 idle minutes (practice, configurable): no shell sets TMOUT\n      # echo 'readonly TMOUT=900`,
    );
    const chinese = await run(root, '--lang', 'zh-CN');
    expect(chinese.stdout).toContain('\n身份鉴别\n');
    expect(chinese.stdout).toContain('[不符合] 会话空闲 15 分钟后自动退出（惯例，可配置）: 未设置 TMOUT');
  });

  it('is content when nothing that it could check is amiss', async () => {
    const { exitCode, stdout } = await run(makeTree({ '/etc/profile': 'TMOUT=60\n' }), '--json');
    expect(exitCode).toBe(0);
    const report = JSON.parse(stdout);
    expect(report).toMatchObject({ failed: 0, not_checked: expect.any(Number) });
    expect(report.results).toContainEqual({
      id: 'idle-time-out',
      clause: 'identity',
      requirement: expect.any(Object),
      verdicts: [{ outcome: 'met', evidence: { en: 'TMOUT is 60 s', 'zh-CN': 'TMOUT 为 60 秒' } }],
    });
  });

  it('writes a page that says the same', async () => {
    const page = join(temporaryDirectory(), 'baseline.html');
    expect((await run(faulty(), '--html', page, '--lang', 'zh-CN')).exitCode).toBe(1);
    const html = readFileSync(page, 'utf8');
    expect(html).toContain('<html lang="zh-CN">');
    expect(html).toContain('<b>不符合</b>: 未设置 TMOUT<code>echo &#39;readonly TMOUT=900');
    for (const clause of ['身份鉴别', '访问控制', '安全审计', '入侵防范', '时间同步'])
      expect(html).toContain(`<h2>${clause}</h2>`);
    expect(html).not.toMatch(/<script|https?:\/\//);
  });

  it.each([
    [['--root', '/nowhere-at-all'], 'not_found', 1],
    [['--html', '/nowhere-at-all/page.html'], 'request_invalid', 2],
  ])('refuses %j', async (args, code, exitCode) => {
    const outcome = await run(faulty(), ...args);
    expect(outcome).toMatchObject({ exitCode, stderr: expect.stringContaining(`campus-edge: ${code}: `) });
  });
});
