import { expect, it } from 'vitest';
import { encodeJoinToken, parseJoinToken } from '../../contract/join-token.ts';

const parts = { fingerprint: `${'a'.repeat(42)}_`, secret: `${'B'.repeat(21)}-` };

it('carries the hash of an authority and a secret', () => {
  const text = encodeJoinToken(parts);
  expect(text).toHaveLength(69);
  expect(parseJoinToken(` ${text}\n`)).toEqual(parts);
});

it.each([
  '',
  'cej_',
  `cet_${'a'.repeat(65)}`,
  `cej_${'a'.repeat(64)}`,
  `cej_${'a'.repeat(66)}`,
  `cej_${'a'.repeat(64)}+`,
])('takes %j for no token', (text) => expect(parseJoinToken(text)).toBeUndefined());
