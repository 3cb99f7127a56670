import { type Command, InvalidArgumentError, Option } from 'commander';
import type { AuditVerification, ChainPlace } from '../../gateway/audit-log.ts';
import { homeAt } from '../../runtime/home.ts';
import { defineCommand, type GlobalOptions, withJson } from '../define-command.ts';
import { AnsweredBadly } from '../failure.ts';
import { homeDir } from '../installation.ts';
import type { Speaker } from '../terminal.ts';

interface VerifyOptions {
  known?: string;
  json?: boolean;
}

/** `campus-edge audit verify`: whether the audit log is what it was when it was written. */
export function addAuditVerify(parent: Command, speaker: Speaker): void {
  const command = defineCommand(parent, speaker, {
    usage: 'verify',
    summary: {
      en: 'check that no row of the audit log was changed, put in or taken out',
      'zh-CN': '校验审计日志是否被篡改、插入或删除',
    },
    example: 'campus-edge audit verify\ncampus-edge audit verify --json',
  });
  const known = speaker.say({
    en: 'NUMBER:HASH of a row as an earlier check or a syslog server has it, which must still be there',
    'zh-CN': '此前校验或 syslog 服务器记录的“行号:散列值”，该行必须仍然存在',
  });
  command.addOption(new Option('--known <place>', known).argParser(placeLike));
  withJson(command, speaker).action(async (options: VerifyOptions, self: Command) => {
    const home = homeAt(homeDir(self.optsWithGlobals<GlobalOptions>().home, speaker.env));
    // Loaded only now, so that help and wrong use answer at once.
    const { AuditLog, breakText, parsePlace, placeText } = await import('../../gateway/audit-log.ts');
    const log = new AuditLog(home);
    try {
      const result = log.verify(options.known === undefined ? undefined : parsePlace(options.known));
      if (options.json === true) speaker.line(JSON.stringify(asJson(result, placeText)));
      else speaker.line(asText(result, { speaker, breakText, placeText }));
      if (result.broken !== undefined) throw new AnsweredBadly(1);
    } finally {
      log.close();
    }
  });
}

function asJson({ rows, first, head, broken }: AuditVerification, placeText: (place: ChainPlace) => string): object {
  return { ok: broken === undefined, rows, first, head: placeText(head), ...(broken === undefined ? {} : { broken }) };
}

interface Words {
  speaker: Speaker;
  breakText: (reason: NonNullable<AuditVerification['broken']>['reason']) => { en: string; 'zh-CN': string };
  placeText: (place: ChainPlace) => string;
}

function asText({ rows, head, broken }: AuditVerification, { speaker, breakText, placeText }: Words): string {
  if (broken === undefined) {
    return speaker.say({
      en: `The audit log is whole: ${rows} rows. Write this down for the next check: ${placeText(head)}`,
      'zh-CN': `审计日志完整：共 ${rows} 行。请记下以供下次校验：${placeText(head)}`,
    });
  }
  const why = breakText(broken.reason);
  return speaker.say({
    en: `The audit log is broken at row ${broken.row}: ${why.en}. The ${rows} rows before it are whole.`,
    'zh-CN': `审计日志在第 ${broken.row} 行损坏：${why['zh-CN']}。此前 ${rows} 行完整。`,
  });
}

function placeLike(text: string): string {
  if (/^\d{1,15}:[0-9a-f]{64}$/.test(text)) return text;
  throw new InvalidArgumentError('expected NUMBER:HASH with 64 hexadecimal digits');
}
