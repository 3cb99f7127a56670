import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { clientPseudonym } from '../../runtime/client-pseudonym.ts';

const key = Buffer.from('0b'.repeat(32), 'hex');

test('it is HMAC-SHA-256 of the six bytes, as openssl computes it, cut to 64 bits', () => {
  const input = Buffer.from('3c22fb0a1b2c', 'hex');
  const options = ['dgst', '-sha256', '-mac', 'HMAC', '-macopt', `hexkey:${key.toString('hex')}`];
  const digest = execFileSync('openssl', options, { input, encoding: 'utf8' }).trim().split(' ').at(-1);
  expect(clientPseudonym(key, '3c:22:fb:0a:1b:2c')).toBe(digest?.slice(0, 16));
});

test('it is the same however the address is written, and another under another key', () => {
  const names = ['3C-22-FB-0A-1B-2C', '3c22.fb0a.1b2c'].map((mac) => clientPseudonym(key, mac));
  expect(new Set(names).size).toBe(1);
  expect(clientPseudonym(Buffer.alloc(32), '3c:22:fb:0a:1b:2c')).not.toBe(names[0]);
});

test('what is no address is refused without being repeated', () => {
  expect(() => clientPseudonym(key, '3c:22:fb:0a:1b:2c:99')).toThrow(
    expect.objectContaining({ code: 'parse_failed', message: expect.not.stringContaining('3c:22') }),
  );
});
