import { createWriteStream, existsSync, renameSync, rmSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type Command, Option } from 'commander';
import { CampusError } from '../../contract/errors.ts';
import { homeAt } from '../../runtime/home.ts';
import { defineCommand, type GlobalOptions } from '../define-command.ts';
import { homeDir } from '../installation.ts';
import { interruptible } from '../interruptible.ts';
import { momentOption } from '../moment-option.ts';
import type { Speaker } from '../terminal.ts';

interface ExportOptions {
  from?: number;
  to?: number;
  format: 'syslog' | 'json';
  names?: boolean;
  out: string;
}

/** `campus-edge audit export`: rows of the audit log as a file. */
export function addAuditExport(parent: Command, speaker: Speaker): void {
  const command = defineCommand(parent, speaker, {
    usage: 'export',
    summary: { en: 'write the audit log to a file', 'zh-CN': '将审计日志导出到文件' },
    example:
      'campus-edge audit export --out audit.log\ncampus-edge audit export --from 2026-01-01 --to 2027-01-01 --format json --out audit.jsonl',
  });
  const say = (en: string, chinese: string): string => speaker.say({ en, 'zh-CN': chinese });
  command
    .addOption(momentOption('--from', say('from when, inclusive', '起始时间（含）'), speaker))
    .addOption(momentOption('--to', say('to when, exclusive', '结束时间（不含）'), speaker))
    .addOption(
      new Option(
        '--format <format>',
        say(
          'syslog (RFC 5424 with CEF) or json, a row a line (default: syslog)',
          'syslog（RFC 5424，CEF 正文）或 json（每行一条），默认 syslog',
        ),
      )
        .choices(['syslog', 'json'])
        .default('syslog'),
    )
    .option('--names', say('with names instead of pseudonyms', '写出姓名而非假名'))
    .addOption(
      new Option('--out <file>', say('the file, which must not exist', '输出文件，须不存在')).makeOptionMandatory(),
    )
    .action(async (options: ExportOptions, self: Command) => {
      const home = homeAt(homeDir(self.optsWithGlobals<GlobalOptions>().home, speaker.env));
      const out = freeFile(options.out);
      const { AuditLog, exportLine } = await import('../../gateway/audit-log.ts');
      const log = new AuditLog(home);
      const { from = 0, to = Number.MAX_SAFE_INTEGER, format, names = false } = options;
      let rows = 0;
      function* lines(): Generator<string> {
        for (const row of log.rows({ from, to })) {
          rows += 1;
          yield `${exportLine(row, { format, names })}\n`;
        }
      }
      try {
        await interruptible(speaker, (signal) => write(out, lines(), signal));
      } finally {
        log.close();
      }
      // Loaded here: the flows process reads every command, and may not read the gateway's sources.
      const { noteInAudit } = await import('../note-in-audit.ts');
      noteInAudit(home, 'audit.export', '', `${rows} rows, ${format}${names ? ', with names' : ''}`);
      speaker.line(say(`${rows} rows written to ${out}`, `已将 ${rows} 行写入 ${out}`));
    });
}

function freeFile(given: string): string {
  const out = resolve(given);
  if (existsSync(out)) {
    throw new CampusError('already_exists', `expected a file that does not exist, got ${out}: choose another name`);
  }
  if (!existsSync(dirname(out))) {
    throw new CampusError('not_found', `expected a directory ${dirname(out)} for the export, got nothing`);
  }
  return out;
}

/** Writes a file whole or not at all. */
async function write(out: string, lines: Iterable<string>, signal: AbortSignal): Promise<void> {
  const partial = `${out}.partial`;
  try {
    await pipeline(Readable.from(lines), createWriteStream(partial, { mode: 0o600, flush: true }), { signal });
    renameSync(partial, out);
  } finally {
    rmSync(partial, { force: true });
  }
}
