import { existsSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { BaselineReport } from '../../agent/baseline.ts';
import { CampusError } from '../../contract/errors.ts';
import { homeAt } from '../../runtime/home.ts';
import { defineCommand, type GlobalOptions, withJson } from '../define-command.ts';
import { AnsweredBadly } from '../failure.ts';
import { homeDir } from '../installation.ts';
import { outcomeTexts } from '../outcome-texts.ts';
import type { Speaker } from '../terminal.ts';

interface BaselineCommandOptions {
  json?: boolean;
  html?: string;
  root: string;
}

/** `campus-edge baseline`: does this very machine meet the baseline of its class? */
export function addBaseline(program: Command, speaker: Speaker): void {
  const command = defineCommand(program, speaker, {
    usage: 'baseline',
    summary: {
      en: 'check this machine against the security baseline (GB/T 22239-2019, level 2 and 3 hosts); exit code 1 when something is not met',
      'zh-CN': '按 GB/T 22239-2019 第二、三级主机条款自查本机安全基线；有不符合项时退出码为 1',
    },
    example: 'campus-edge baseline\ncampus-edge baseline --html baseline.html --lang zh-CN',
  })
    .option('--html <file>', speaker.say({ en: 'also write the report as a page', 'zh-CN': '同时将报告写为网页' }))
    .option(
      '--root <dir>',
      speaker.say({
        en: 'check the machine whose files lie here (default: /)',
        'zh-CN': '检查以此目录为根的系统（默认：/）',
      }),
      '/',
    );
  withJson(command, speaker).action(async (options: BaselineCommandOptions, self: Command) => {
    const home = homeAt(homeDir(self.optsWithGlobals<GlobalOptions>().home, speaker.env));
    if (!existsSync(options.root))
      throw new CampusError('not_found', `--root: expected a directory, got ${options.root}`);
    // Loaded only now: no other command should wait for what this one needs.
    const { checkBaseline, clauses, countVerdicts } = await import('../../agent/baseline.ts');
    const report = await checkBaseline({ home, env: speaker.env, root: resolve(options.root) });
    if (options.html !== undefined) {
      const { baselinePage } = await import('../baseline-page.ts');
      writePage(resolve(options.html), baselinePage(report, { host: hostname(), language: speaker.language }));
    }
    const counts = countVerdicts(report);
    if (options.json === true) {
      speaker.line(
        JSON.stringify({
          host: hostname(),
          checked_at: report.checkedAt,
          ...jsonCounts(counts),
          results: jsonResults(report),
        }),
      );
    } else {
      for (const [clause, name] of Object.entries(clauses)) {
        speaker.line(`\n${speaker.say(name)}`);
        for (const result of report.results.filter((entry) => entry.clause === clause)) printResult(result, speaker);
      }
      speaker.line(
        `\n${(['failed', 'not-checked', 'met'] as const).map((outcome) => `${speaker.say(outcomeTexts[outcome])}: ${counts[outcome]}`).join(', ')}`,
      );
    }
    if (counts.failed > 0) throw new AnsweredBadly(1);
  });
}

function printResult({ requirement, verdicts }: BaselineReport['results'][number], speaker: Speaker): void {
  for (const verdict of verdicts) {
    const detail = speaker.say(verdict.outcome === 'not-checked' ? verdict.because : verdict.evidence);
    speaker.line(`  [${speaker.say(outcomeTexts[verdict.outcome])}] ${speaker.say(requirement)}: ${detail}`);
    if (verdict.outcome === 'failed') speaker.line(verdict.remedy.replaceAll(/^/gm, '      # '));
  }
}

function jsonCounts(counts: Record<'met' | 'failed' | 'not-checked', number>): object {
  return { met: counts.met, failed: counts.failed, not_checked: counts['not-checked'] };
}

function jsonResults({ results }: BaselineReport): object[] {
  return results.map(({ id, clause, family, requirement, verdicts }) => ({
    id,
    clause,
    family,
    requirement,
    verdicts,
  }));
}

/** @throws CampusError `request_invalid` when the file cannot be written */
function writePage(path: string, page: string): void {
  try {
    writeFileSync(path, page);
  } catch (error) {
    throw new CampusError(
      'request_invalid',
      `--html: expected a file that can be written: ${(error as Error).message}`,
      { cause: error },
    );
  }
}
