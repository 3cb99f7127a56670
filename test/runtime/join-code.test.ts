import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { expect, it } from 'vitest';
import { joinCode, parseJoinCode } from '../../runtime/join-code.ts';

const pem = `-----BEGIN PUBLIC KEY-----
MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEkkD/hU5V9rsy9DSTgTYt0hRBdx2Z
MB7UhF3hy9MbCjGiz+Q0ZgeSaves1iw5yqS0MquzuzcorkfQUibz1CJ9mQ==
-----END PUBLIC KEY-----`;

it('is of a key and of a request, and the same on both sides', () => {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const code = joinCode(publicKey, 'r-0123456789ab');
  expect(code).toMatch(/^[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}$/);
  expect(joinCode(createPublicKey(privateKey), 'r-0123456789ab')).toBe(code);
  expect(joinCode(publicKey, 'r-0123456789ac')).not.toBe(code);
  expect(joinCode(generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey, 'r-0123456789ab')).not.toBe(code);
});

it('stays the same from version to version', () => {
  expect(joinCode(createPublicKey(pem), 'r-0123456789ab')).toBe('G9FP-3CDX');
});

it.each(['7K3M-9QXW', '7k3m9qxw', ' 7K3M 9QXW ', '7k3m-9qxw'])('is read from %j', (text) => {
  expect(parseJoinCode(text)).toBe('7K3M-9QXW');
});

it('takes letters for the digits that they look like', () => {
  expect(parseJoinCode('oO0i-IlL1')).toBe('0001-1111');
});

it.each(['', '7K3M-9QX', '7K3M-9QXWA', '7K3M-9QXU', 'r-0123456789ab'])('is not %j', (text) => {
  expect(parseJoinCode(text)).toBeUndefined();
});
