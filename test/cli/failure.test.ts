import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { AnsweredBadly, reportFailure } from '../../cli/failure.ts';
import { speakerAt } from '../../cli/terminal.ts';
import { CampusError, type ErrorCode } from '../../contract/errors.ts';

function report(error: unknown, { lang = 'en', env = {} }: { lang?: string; env?: NodeJS.ProcessEnv } = {}) {
  let stderr = '';
  const terminal = { env, stdin: Readable.from([]), isTerminal: false, colours: false, columns: 80, out: () => {} };
  const err = (text: string): void => {
    stderr += text;
  };
  const speaker = speakerAt({ ...terminal, err }, ['--lang', lang]);
  return { exitCode: reportFailure(error, speaker), stderr };
}

describe('reportFailure', () => {
  it('is one line with the code, also of a message with line breaks', () => {
    expect(report(new CampusError('port_taken', 'port 8080 is taken:\n  stop it'))).toEqual({
      exitCode: 2,
      stderr: 'campus-edge: port_taken: port 8080 is taken: stop it\n',
    });
  });

  it('gives nobody who answers in a gateway’s place the terminal', () => {
    const message = 'nothing\u001b[2J\u001b]0;title\u0007 and \u202eback';
    expect(report(new CampusError('join_token_used', message)).stderr).toBe(
      'campus-edge: join_token_used: nothing\ufffd[2J\ufffd]0;title\ufffd and \ufffdback\n',
    );
  });

  it('explains the code in Chinese to those who read it', () => {
    expect(report(new CampusError('port_taken', 'port 8080 is taken'), { lang: 'zh-CN' }).stderr).toBe(
      'campus-edge: port_taken: 端口已被其他程序占用。port 8080 is taken\n',
    );
  });

  it.each<[ErrorCode, number]>([
    ['config_invalid', 2],
    ['port_taken', 2],
    ['home_not_writable', 2],
    ['home_locked', 2],
    ['request_invalid', 2],
    ['not_found', 1],
    ['already_exists', 1],
    ['store_unavailable', 1],
  ])('%s exits with %i', (code, exitCode) => {
    expect(report(new CampusError(code, 'x')).exitCode).toBe(exitCode);
  });

  it('shows a stack trace to those who ask for it only', () => {
    const error = new TypeError('x is not a function');
    expect(report(error)).toEqual({
      exitCode: 1,
      stderr: 'campus-edge: internal: x is not a function (CAMPUS_DEBUG=1 shows where)\n',
    });
    expect(report(error, { env: { CAMPUS_DEBUG: '1' } }).stderr).toContain('failure.test.ts');
  });

  it('adds nothing to an answer that is printed already', () => {
    expect(report(new AnsweredBadly(2))).toEqual({ exitCode: 2, stderr: '' });
  });
});
