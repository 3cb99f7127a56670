import { createPrivateKey, sign } from 'node:crypto';
import { expect, test } from 'vitest';
import type { KeyPair } from '../../../runtime/x509/jobs.ts';
import { ADDRESS, HOUR_MS, setUpJoining } from './joining-set-up.ts';

const SECRET = 'a'.repeat(22);

async function setUp() {
  const { joining, openSsl, ...rest } = await setUpJoining();
  const renew = async ({ certificate, key }: KeyPair): Promise<string> => {
    const { request } = openSsl.request('CN=any');
    const signature = sign('sha256', Buffer.from(request), createPrivateKey(key)).toString('base64');
    return (await joining.renew({ certificate, request, signature }, ADDRESS)).certificate;
  };
  return { ...rest, renew };
}

test('a device that renews its certificate again and again has to wait, and the others need not', async () => {
  const { registry, clock, join, renew } = await setUp();
  const greedy = await join('room-1', SECRET);
  const modest = await join('room-2', 'b'.repeat(22));
  for (let count = 0; count < 5; count += 1) await renew(greedy);
  await expect(renew(greedy)).rejects.toMatchObject({ code: 'rate_limited' });
  expect(await renew(modest)).toContain('BEGIN CERTIFICATE');
  clock.pass(HOUR_MS + 1);
  expect(await renew(greedy)).toContain('BEGIN CERTIFICATE');
  // All of them are taken back with the account.
  registry.credentials.revoke('school/room-1', clock.now());
  expect(registry.issuedCertificates.revoked()).toHaveLength(7);
});

test('a token does not have one request after the other tried that is none', async () => {
  const { join } = await setUp();
  for (let count = 0; count < 5; count += 1)
    await expect(join('room-1', SECRET, 'hello')).rejects.toMatchObject({ code: 'request_invalid' });
  await expect(join('room-1', SECRET, 'hello')).rejects.toMatchObject({ code: 'rate_limited' });
});
