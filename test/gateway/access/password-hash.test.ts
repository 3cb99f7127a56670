import { expect, test } from 'vitest';
import {
  hashPassword,
  hashSecret,
  passwordCost,
  secretCost,
  unmatchableHash,
  verifyPassword,
  verifySecret,
} from '../../../gateway/access/password-hash.ts';

test('a password fits its own hash and no other', async () => {
  const hash = await hashPassword('correct horse', secretCost);
  expect(hash).toMatch(/^scrypt\$N=4096\$r=8\$p=1\$[\w-]{22}\$[\w-]{43}$/);
  expect(await verifyPassword('correct horse', hash)).toBe(true);
  expect(await verifyPassword(Buffer.from('correct horse'), hash)).toBe(true);
  expect(await verifyPassword('correct horsf', hash)).toBe(false);
  expect(await verifyPassword('', hash)).toBe(false);
  expect(await hashPassword('correct horse', secretCost)).not.toBe(hash);
});

test("people's passwords are hashed with 32 MiB of work", async () => {
  const hash = await hashPassword('correct horse', passwordCost);
  expect(hash).toMatch(/^scrypt\$N=32768\$r=8\$p=3\$/);
  expect(await verifyPassword('correct horse', hash)).toBe(true);
});

test('a hash made with other work factors is checked with those', async () => {
  const hash = await hashPassword('old', { cost: 1024, blockSize: 4, parallelization: 2 });
  expect(await verifyPassword('old', hash)).toBe(true);
});

test('an unmatchable hash is well formed', async () => {
  expect(await verifyPassword('', unmatchableHash(secretCost))).toBe(false);
});

test('what is no hash is an error and never a password that fits', async () => {
  for (const broken of ['', 'scrypt$N=4096$r=8$p=1$$', 'scrypt$N=4096$r=8$p=1$c2FsdA$aGFzaA', '$2b$10$abc']) {
    await expect(verifyPassword('', broken)).rejects.toThrow('expected scrypt');
  }
});

test("a device's random secret fits its own hash and no other", () => {
  const hash = hashSecret('secret');
  expect(hash).toMatch(/^hmac-sha256\$[\w-]{22}\$[\w-]{43}$/);
  expect(verifySecret('secret', hash)).toBe(true);
  expect(verifySecret(Buffer.from('secret'), hash)).toBe(true);
  expect(verifySecret('secreu', hash)).toBe(false);
  expect(verifySecret('', hash)).toBe(false);
  expect(hashSecret('secret')).not.toBe(hash);
  for (const other of ['', 'hmac-sha256$$', 'hmac-sha256$c2FsdA$aGFzaA', unmatchableHash(secretCost)])
    expect(verifySecret('secret', other)).toBeUndefined();
});
