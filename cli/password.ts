import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { text as readText } from 'node:stream/consumers';
import type { Command } from 'commander';
import { CampusError } from '../contract/errors.ts';
import type { Speaker } from './terminal.ts';

/** Adds `--generate`. */
export function withGenerate(command: Command, speaker: Speaker): Command {
  const description = { en: 'make a password and print it on the last line', 'zh-CN': '自动生成密码并显示在最后一行' };
  return command.option('--generate', speaker.say(description));
}

/** The password of a command that has `--generate`, and whether it was made here and so must be shown. */
export async function choosePassword(
  { generate }: { generate?: boolean },
  speaker: Speaker,
): Promise<{ password: string; generated: boolean }> {
  if (generate !== true) return { password: await readPassword(speaker), generated: false };
  const { generatePassword } = await import('../gateway/admin.ts');
  return { password: generatePassword(), generated: true };
}

/**
 * Reads a password: typed twice and unseen at a terminal, else the first line of standard input.
 * @throws CampusError `usage` when there is none, the two differ, or the person gives up
 */
export async function readPassword(speaker: Speaker): Promise<string> {
  const password = speaker.stdin.isTTY === true ? await typePassword(speaker) : await firstLine(speaker);
  if (password !== '') return password;
  throw new CampusError(
    'usage',
    speaker.say({
      en: 'expected a password on standard input, got nothing: type one, pipe one in, or use --generate',
      'zh-CN': '标准输入中没有密码：请输入密码、通过管道传入，或使用 --generate',
    }),
  );
}

/** The first line of standard input, empty when there is none. */
export async function firstLine(speaker: Speaker): Promise<string> {
  const [line = ''] = (await readText(speaker.stdin)).split(/\r?\n/);
  return line;
}

async function typePassword(speaker: Speaker): Promise<string> {
  const unseen = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: speaker.stdin, output: unseen, terminal: true });
  const givenUp = new AbortController();
  lines.on('SIGINT', () => givenUp.abort());
  const ask = async (prompt: string): Promise<string> => {
    speaker.err(prompt);
    try {
      return await lines.question('', { signal: givenUp.signal });
    } finally {
      // Nothing that is typed shows, not even the end of the line.
      speaker.err('\n');
    }
  };
  try {
    const first = await ask(speaker.say({ en: 'Password: ', 'zh-CN': '密码：' }));
    const second = await ask(speaker.say({ en: 'Once more: ', 'zh-CN': '再次输入：' }));
    if (first === second) return first;
    throw new CampusError('usage', speaker.say({ en: 'the two passwords differ', 'zh-CN': '两次输入的密码不一致' }));
  } catch (error) {
    if (!givenUp.signal.aborted) throw error;
    throw new CampusError('usage', speaker.say({ en: 'given up', 'zh-CN': '已取消' }), { cause: error });
  } finally {
    lines.close();
  }
}
