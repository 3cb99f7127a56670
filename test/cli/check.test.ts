import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { StepResult } from '../../agent/check.ts';
import * as check from '../../agent/check.ts';
import { CheckDisplay } from '../../cli/check-display.ts';
import { CLEAR_LINE } from '../../cli/progress.ts';
import { speakerAt } from '../../cli/terminal.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { campusEdge } from './invocation.ts';

describe('check', () => {
  it.each([
    ['agent: { check: { portal: portal.example } }', 'agent.check.portal: expected the page where lessons begin'],
    ['agent: { check: { good: { delay_ms: fast } } }', 'agent.check.good.delay_ms: expected milliseconds one way'],
    ['agent: {', 'campus-edge.yaml: '],
  ])('says in one line what is wrong with %s, and measures nothing', async (yaml, message) => {
    const home = temporaryDirectory();
    writeFileSync(join(home, 'campus-edge.yaml'), `${yaml}\n`);
    const outcome = await campusEdge(['check', '--home', home]);
    expect(outcome).toMatchObject({ exitCode: 2, stdout: '' });
    expect(outcome.stderr).toMatch(/^campus-edge: config_invalid: .*\n$/);
    expect(outcome.stderr).toContain(message);
  });
});

const failed: StepResult = {
  step: 'first-hop',
  family: 'ipv6',
  state: 'limited',
  found: { en: 'it is silent', 'zh-CN': '无应答' },
  figures: [],
  obstacles: [{ reason: { en: 'it is silent', 'zh-CN': '无应答' }, hint: { en: 'this', 'zh-CN': '这样' } }],
  allows: 'with-limits',
};

/** What a check that has come to its third step shows. */
function shown({ isTerminal, lang }: { isTerminal: boolean; lang: string }): string {
  let output = '';
  const out = (text: string): void => {
    output += text;
  };
  const terminal = { env: {}, stdin: process.stdin, isTerminal, colours: isTerminal, columns: 80, out, err: out };
  const display = new CheckDisplay(speakerAt(terminal, ['--lang', lang]), check);
  display.show({ kind: 'started', step: 'first-hop', place: 3, of: 7 });
  display.show({ kind: 'finished', result: failed });
  display.end();
  return output;
}

describe('what a check shows', () => {
  it('is a line for each result where no terminal is, in both languages', () => {
    expect(shown({ isTerminal: false, lang: 'en' })).toBe(
      `  limited   first hop   IPv6  it is silent\n${' '.repeat(30)}try this\n`,
    );
    expect(shown({ isTerminal: false, lang: 'zh-CN' })).toBe(
      `  受限      第一跳      IPv6  无应答\n${' '.repeat(30)}请尝试：这样\n`,
    );
  });

  it('says on a terminal what is being measured, and leaves nothing of that behind', () => {
    const output = shown({ isTerminal: true, lang: 'en' });
    const limited = '\u001b[33mlimited   \u001b[0m';
    expect(output).toContain(`${CLEAR_LINE}  3/7 first hop … 0 s${CLEAR_LINE}  ${limited}first hop`);
    expect(output.endsWith(CLEAR_LINE)).toBe(true);
  });
});
