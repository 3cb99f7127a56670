import { createReadStream } from 'node:fs';
import { resolve } from 'node:path';
import type { Readable } from 'node:stream';
import type { Command } from 'commander';
import type { DecodeReport } from '../../agent/decode.ts';
import type { LocalText } from '../../contract/alert.ts';
import { CampusError } from '../../contract/errors.ts';
import { defineCommand, withJson } from '../define-command.ts';
import { AnsweredBadly } from '../failure.ts';
import { table } from '../table.ts';
import type { Speaker } from '../terminal.ts';

/** `campus-edge decode`: what would the agent make of this capture? */
export function addDecode(program: Command, speaker: Speaker): void {
  const command = defineCommand(program, speaker, {
    usage: 'decode <collector> <file>',
    summary: {
      en: 'show what the agent would report from a captured AT dialogue, output of mmcli -J, ip, rdisc6, iw, hostapd or ubus, or file of /proc, and what it does not understand; exit code 1 when it would report nothing',
      'zh-CN':
        '显示采集代理会从所捕获的 AT 对话，mmcli -J、ip、rdisc6、iw、hostapd 或 ubus 的输出，或 /proc 文件中上报什么，并指出无法理解的内容；没有可上报的数据时退出码为 1',
    },
    example: 'campus-edge decode cellular dialogue.txt\nmmcli -J -m 0 | campus-edge decode cellular - --json',
    arguments: {
      collector: {
        en: 'cellular, ipv6, neighbours, wifi or network',
        'zh-CN': 'cellular、ipv6、neighbours、wifi 或 network',
      },
      file: { en: 'the capture; - for standard input', 'zh-CN': '捕获文件；- 表示标准输入' },
    },
  });
  withJson(command, speaker).action(async (collector: string, file: string, options: { json?: boolean }) => {
    // Loaded only now: no other command should wait for what this one needs.
    const { DECODE_MAX_BYTES, decodable, decodeCapture } = await import('../../agent/decode.ts');
    if (!decodable.includes(collector)) throw wrongUse(speaker, unknownCollector(collector, decodable));
    const text = await readCapture(file, DECODE_MAX_BYTES, speaker);
    const report = await decodeCapture(collector, text);
    if (report === undefined) throw wrongUse(speaker, unknownCollector(collector, decodable));
    if (options.json === true) printJson(collector, report, speaker);
    else printText(report, speaker);
    if (report.metrics.length === 0) throw new AnsweredBadly(1);
  });
}

function unknownCollector(collector: string, decodable: readonly string[]): LocalText {
  return {
    en: `unknown collector ${JSON.stringify(collector)}: expected one of ${decodable.join(', ')}`,
    'zh-CN': `未知的采集器 ${JSON.stringify(collector)}：应为 ${decodable.join('、')} 之一`,
  };
}

function wrongUse(speaker: Speaker, text: LocalText, cause?: unknown): CampusError {
  return new CampusError('usage', speaker.say(text), { cause });
}

/** @throws CampusError `usage` when the file cannot be read, is empty, too large or no text */
async function readCapture(file: string, maxBytes: number, speaker: Speaker): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  const source: Readable = file === '-' ? speaker.stdin : createReadStream(resolve(file), { end: maxBytes });
  try {
    for await (const chunk of source) {
      const part = typeof chunk === 'string' ? Buffer.from(chunk) : (chunk as Uint8Array);
      bytes += part.length;
      chunks.push(part);
      if (bytes > maxBytes) break;
    }
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw wrongUse(speaker, { en: `${file} cannot be read: ${why}`, 'zh-CN': `无法读取 ${file}：${why}` }, error);
  }
  const text = Buffer.concat(chunks).toString('utf8');
  if (bytes > maxBytes) {
    const bound = `${maxBytes / 1024 / 1024} MiB`;
    throw wrongUse(speaker, { en: `${file} is larger than ${bound}`, 'zh-CN': `${file} 超过 ${bound}` });
  }
  if (text.trim() === '') throw wrongUse(speaker, { en: `${file} is empty`, 'zh-CN': `${file} 为空` });
  if (text.includes('\0')) {
    throw wrongUse(speaker, { en: `${file} is no text: it has zero bytes`, 'zh-CN': `${file} 不是文本：含有零字节` });
  }
  return text;
}

function printJson(collector: string, { metrics, notUnderstood, errors }: DecodeReport, speaker: Speaker): void {
  speaker.line(JSON.stringify({ collector, metrics, not_understood: notUnderstood, errors }));
}

function printText({ metrics, notUnderstood, errors }: DecodeReport, speaker: Speaker): void {
  if (metrics.length === 0) {
    speaker.line(speaker.say({ en: 'The agent would report nothing.', 'zh-CN': '采集代理不会上报任何数据。' }));
  }
  for (const { name, tags, fields } of metrics) {
    const tagText = Object.entries(tags).map(([tag, value]) => `${tag}=${value}`);
    speaker.line([name, ...tagText].join(' '));
    for (const [field, value] of Object.entries(fields)) speaker.line(`  ${field} = ${value}`);
  }
  if (notUnderstood.length > 0) {
    speaker.line(`\n${speaker.say({ en: 'Not understood:', 'zh-CN': '未能理解：' })}`);
    const heading = [
      speaker.say({ en: 'line', 'zh-CN': '行' }),
      speaker.say({ en: 'field', 'zh-CN': '字段' }),
      speaker.say({ en: 'value', 'zh-CN': '值' }),
    ];
    const rows = notUnderstood.map(({ line, field, value }) => [String(line), field, value]);
    speaker.out(table(heading, rows));
  }
  if (errors.length > 0) {
    speaker.line(`\n${speaker.say({ en: 'Errors:', 'zh-CN': '错误：' })}`);
    for (const { code, message } of errors) speaker.line(`  ${code}: ${message}`);
  }
}
