import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { CampusError } from '../../contract/errors.ts';
import { defineCommand, withJson } from '../define-command.ts';
import type { Speaker } from '../terminal.ts';
import { withGateway } from '../with-gateway.ts';

interface ReportOptions {
  output?: string;
  json?: boolean;
}

/** `campus-edge privacy report`: what is kept about people, as the running gateway counts it. */
export function addPrivacyReport(parent: Command, speaker: Speaker): void {
  const command = defineCommand(parent, speaker, {
    usage: 'report',
    summary: {
      en: 'tell what is kept about people, why, for how long, how much of it, and who looked, as a page; the gateway must run',
      'zh-CN': '生成个人信息保存情况报告（网页）：内容、用途、期限、数量及查看记录；网关须正在运行',
    },
    example:
      'campus-edge privacy report --output privacy.html --lang zh-CN\ncampus-edge privacy report --json --output privacy.json',
  }).option(
    '--out, --output <file>',
    speaker.say({
      en: 'where to write it, replacing what is there (default: standard output)',
      'zh-CN': '输出文件，已存在则覆盖（默认：标准输出）',
    }),
  );
  withJson(command, speaker).action(async ({ output, json = false }: ReportOptions, self: Command) => {
    const query = json ? 'format=json' : `format=html&lang=${speaker.language}`;
    const report = await withGateway(self, speaker, async (gateway) =>
      (await gateway.request('GET', `privacy/report?${query}`)).text(),
    );
    const text = report.endsWith('\n') ? report : `${report}\n`;
    if (output === undefined) {
      speaker.out(text);
      return;
    }
    write(resolve(output), text);
    speaker.err(
      speaker.say({ en: `The report is in ${resolve(output)}\n`, 'zh-CN': `报告已写入 ${resolve(output)}\n` }),
    );
  });
}

/** @throws CampusError `request_invalid` when the file cannot be written */
function write(path: string, text: string): void {
  try {
    writeFileSync(path, text, { mode: 0o600 });
  } catch (error) {
    throw new CampusError(
      'request_invalid',
      `--output: expected a file that can be written: ${(error as Error).message}`,
      { cause: error },
    );
  }
}
