import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { authorization, readCredentials } from '../../../gateway/store/credentials.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

function fileWith(text: string): string {
  const file = join(temporaryDirectory(), 'secret');
  writeFileSync(file, text);
  return file;
}

describe('credentials of a store', () => {
  it('are shown as the server expects them', () => {
    expect(authorization(undefined, 'Token')).toEqual({});
    expect(authorization({ secret: 'abc' }, 'Token')).toEqual({ authorization: 'Token abc' });
    expect(authorization({ secret: 'abc' }, 'Bearer')).toEqual({ authorization: 'Bearer abc' });
    // RFC 7617 §2
    expect(authorization({ username: 'Aladdin', secret: 'open sesame' }, 'Token')).toEqual({
      authorization: 'Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==',
    });
  });

  it('may lie in a file, in its first line', () => {
    const file = fileWith('abc==\r\nfor the school\n');
    expect(readCredentials({ secret: { file } })).toEqual({ secret: 'abc==' });
    expect(readCredentials({ username: 'edge', secret: { file } })).toEqual({ username: 'edge', secret: 'abc==' });
    expect(readCredentials(undefined)).toBeUndefined();
  });

  it.each(['', '\nsecret', 'my secret', 'secret\u0007', 's'.repeat(5000)])(
    'are refused where the file holds something else (%#), which is not repeated',
    (text) => {
      const file = fileWith(text);
      const read = (): unknown => readCredentials({ secret: { file } });
      expect(read).toThrowError(expect.objectContaining({ code: 'store_misconfigured' }));
      expect(read).toThrow(file);
      expect(read).not.toThrow(/my secret|ssss/);
    },
  );

  it('say which file is missing', () => {
    expect(() => readCredentials({ secret: { file: '/nowhere/token' } })).toThrow(/\/nowhere\/token \(ENOENT\)/);
  });
});
