import { existsSync } from 'node:fs';
import { dirname, extname, resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { CampusError } from '../../contract/errors.ts';
import type { ExportFormat } from '../../gateway/offline.ts';
import { homeAt } from '../../runtime/home.ts';
import { defineCommand, type GlobalOptions, withJson } from '../define-command.ts';
import { homeDir } from '../installation.ts';
import { interruptible } from '../interruptible.ts';
import { sizeText } from '../progress.ts';
import type { Speaker } from '../terminal.ts';

interface ExportCommandOptions {
  measurement: string;
  from: string;
  to: string;
  field?: string[];
  device?: string[];
  site?: string[];
  format?: ExportFormat;
  out: string;
  json?: boolean;
}

/** Every format the gateway knows: the compiler says so when one is missing or gone. */
const formats: Readonly<Record<ExportFormat, true>> = { csv: true, parquet: true };

/** `campus-edge store export`: measurements for a spreadsheet or a program. */
export function addStoreExport(parent: Command, speaker: Speaker): void {
  const command = defineCommand(parent, speaker, {
    usage: 'export',
    summary: {
      en: 'write the points of one measurement to a CSV or Parquet file',
      'zh-CN': '将某个度量的数据点导出为 CSV 或 Parquet 文件',
    },
    example:
      'campus-edge store export --measurement network --from 2026-03-01 --to 2026-04-01 --out march.csv\ncampus-edge store export --measurement disk --field used_percent --device room-101 --from 2026-03-01 --to 2026-03-02 --out disk.parquet',
  });
  const many = (name: string, english: string, chinese: string): Option =>
    new Option(`--${name} <${name}...>`, speaker.say({ en: english, 'zh-CN': chinese }));
  const moment = (name: string, english: string, chinese: string): Option =>
    new Option(`--${name} <time>`, speaker.say({ en: english, 'zh-CN': chinese })).makeOptionMandatory();
  command
    .addOption(
      new Option(
        '--measurement <name>',
        speaker.say({ en: 'which measurement', 'zh-CN': '度量名称' }),
      ).makeOptionMandatory(),
    )
    .addOption(moment('from', 'from when, inclusive: ISO 8601 or ms', '起始时间（含）：ISO 8601 或毫秒'))
    .addOption(moment('to', 'to when, exclusive: ISO 8601 or ms', '结束时间（不含）：ISO 8601 或毫秒'))
    .addOption(many('field', 'only these fields', '仅导出这些字段'))
    .addOption(many('device', 'only these devices', '仅导出这些设备'))
    .addOption(many('site', 'only these sites', '仅导出这些站点'))
    .addOption(
      new Option(
        '--format <format>',
        speaker.say({
          en: "csv or parquet (default: as the file's name ends, else csv)",
          'zh-CN': 'csv 或 parquet（默认按文件名后缀，否则为 csv）',
        }),
      ).choices(Object.keys(formats)),
    )
    .addOption(
      new Option(
        '--out <file>',
        speaker.say({ en: 'the file, which must not exist', 'zh-CN': '输出文件，须不存在' }),
      ).makeOptionMandatory(),
    );
  withJson(command, speaker).action(async (options: ExportCommandOptions, self: Command) => {
    const home = homeAt(homeDir(self.optsWithGlobals<GlobalOptions>().home, speaker.env));
    const out = resolve(options.out);
    if (existsSync(out)) {
      throw new CampusError('already_exists', `expected a file that does not exist, got ${out}: choose another name`);
    }
    if (!existsSync(dirname(out))) {
      throw new CampusError('not_found', `expected a directory ${dirname(out)} for the export, got nothing`);
    }
    const format = options.format ?? (extname(out) === '.parquet' ? 'parquet' : 'csv');
    // Loaded only now: no other command should wait for what this one needs.
    const { exportTo } = await import('../export-store.ts');
    const { rows, bytes } = await interruptible(speaker, (signal) =>
      exportTo(out, { ...options, format }, { home, signal }),
    );
    if (options.json === true) speaker.line(JSON.stringify({ file: out, format, rows, bytes }));
    else {
      speaker.line(
        speaker.say({
          en: `${rows} rows written to ${out} (${sizeText(bytes)})`,
          'zh-CN': `已将 ${rows} 行写入 ${out}（${sizeText(bytes)}）`,
        }),
      );
    }
  });
}
