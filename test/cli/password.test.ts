import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { readPassword } from '../../cli/password.ts';
import { speakerAt } from '../../cli/terminal.ts';

function typed(text: string, lang = 'en') {
  const stdin = Readable.from(text === '' ? [] : [Buffer.from(text)]);
  const silent = () => {};
  return speakerAt({ env: {}, stdin, isTerminal: false, colours: false, columns: 80, out: silent, err: silent }, [
    '--lang',
    lang,
  ]);
}

describe('readPassword', () => {
  it('takes the first line of a pipe, spaces and all', async () => {
    expect(await readPassword(typed(' two words \nrest\n'))).toBe(' two words ');
    expect(await readPassword(typed('密码\r\n'))).toBe('密码');
    expect(await readPassword(typed('no newline'))).toBe('no newline');
  });

  it.each(['', '\n'])('refuses %j and says what to do', async (text) => {
    await expect(readPassword(typed(text))).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringContaining('--generate'),
    });
    await expect(readPassword(typed(text, 'zh-CN'))).rejects.toThrow('标准输入中没有密码');
  });
});
