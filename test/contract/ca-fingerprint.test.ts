import { expect, it } from 'vitest';
import { formatCaFingerprint, parseCaFingerprint } from '../../contract/ca-fingerprint.ts';

const bytes = Buffer.from(Array.from({ length: 32 }, (_, index) => index * 8 + 3));
const digits = bytes.toString('hex');
const wire = bytes.toString('base64url');

it('is written for people, and read again', () => {
  expect(formatCaFingerprint(wire)).toBe(`sha256:${digits}`);
  expect(parseCaFingerprint(`sha256:${digits}`)).toBe(wire);
});

it('is read as openssl prints it, too', () => {
  const colons = digits.toUpperCase().replaceAll(/..(?=.)/g, '$&:');
  expect(parseCaFingerprint(` ${colons}\n`)).toBe(wire);
  expect(parseCaFingerprint(`SHA256:${colons}`)).toBe(wire);
});

it.each(['', 'sha256:', digits.slice(1), `${digits}0`, `sha1:${digits}`, digits.replace('0', 'g'), wire])(
  'is not %j',
  (text) => expect(parseCaFingerprint(text)).toBeUndefined(),
);
