import { CommanderError } from 'commander';
import { CampusError, type ErrorCode, errorSpec } from '../contract/errors.ts';
import type { Speaker } from './terminal.ts';

/** A command whose answer is bad and already printed: nothing is left but the exit code. */
export class AnsweredBadly extends Error {
  readonly exitCode: 1 | 2;

  constructor(exitCode: 1 | 2) {
    super(`exit code ${exitCode}`);
    this.exitCode = exitCode;
  }
}

/** Failures that the person at the terminal mends: how the command was called, the configuration, the ports, the home. */
const wrongUse: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'usage',
  'request_invalid',
  'config_invalid',
  'port_invalid',
  'port_taken',
  'home_not_writable',
  'home_locked',
  'tls_required',
  'certificate_unusable',
  'credentials_absent',
  'store_misconfigured',
  'store_unusable',
  'registry_unusable',
  'node_too_old',
  'installation_incomplete',
]);

/**
 * Says in one line on standard error why a command failed.
 * @returns the exit code: 0 when it did not fail (help was asked for), 1 when it ran and the answer is bad, 2 when it was used wrongly
 */
export function reportFailure(error: unknown, speaker: Speaker): 0 | 1 | 2 {
  if (error instanceof AnsweredBadly) return error.exitCode;
  if (error instanceof CommanderError) return reportWrongUse(error, speaker);
  if (speaker.env['CAMPUS_DEBUG'] === '1') {
    speaker.err(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  }
  const code = error instanceof CampusError ? error.code : 'internal';
  const message = error instanceof Error ? error.message : String(error);
  speaker.err(`campus-edge: ${code}: ${explain(code, message, speaker)}\n`);
  return wrongUse.has(code) ? 2 : 1;
}

/** What the CLI says itself (`usage`) is in the reader's language already; other parts explain in English, so Chinese readers get the code's text first. */
function explain(code: ErrorCode, message: string, speaker: Speaker): string {
  // Part of it may come from whoever answered in a gateway's place, and could rewrite the terminal (CWE-150).
  const oneLine = message.replaceAll(/\s*\n\s*/g, ' ').replaceAll(/[\p{Cc}\p{Bidi_Control}]/gu, '\ufffd');
  if (code === 'internal') {
    const hint = speaker.say({ en: 'CAMPUS_DEBUG=1 shows where', 'zh-CN': '设置 CAMPUS_DEBUG=1 可查看出错位置' });
    return speaker.language === 'en' ? `${oneLine} (${hint})` : `${errorSpec(code).zh}${oneLine}（${hint}）`;
  }
  return speaker.language === 'en' || code === 'usage' ? oneLine : `${errorSpec(code).zh}${oneLine}`;
}

const wrongUseInChinese: Readonly<Record<string, string>> = {
  'commander.unknownOption': '未知选项',
  'commander.unknownCommand': '未知命令',
  'commander.missingArgument': '缺少参数',
  'commander.optionMissingArgument': '选项缺少值',
  'commander.missingMandatoryOptionValue': '缺少必需的选项',
  'commander.excessArguments': '参数过多',
  'commander.invalidArgument': '选项的值无效',
  'commander.conflictingOption': '选项不能同时使用',
};

/** Commander writes `error: unknown option '--hom'\n(Did you mean --home?)`. */
function reportWrongUse(error: CommanderError, speaker: Speaker): 0 | 2 {
  if (error.exitCode === 0) return 0;
  // The help itself has been printed: it was asked for by giving no command.
  if (error.code === 'commander.help') return 2;
  const message = error.message.replace(/^error: /, '').replaceAll(/\s*\n\s*/g, ' ');
  const chinese = `${wrongUseInChinese[error.code] ?? '命令用法不正确'}：${message}`;
  const line = speaker.say({ en: message, 'zh-CN': chinese });
  const hint = speaker.say({ en: 'see campus-edge --help', 'zh-CN': '用法见 campus-edge --help' });
  speaker.err(`campus-edge: usage: ${line}; ${hint}\n`);
  return 2;
}
