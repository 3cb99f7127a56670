import { createPrivateKey, sign } from 'node:crypto';
import { expect, test } from 'vitest';
import { DeviceCertificates } from '../../../gateway/access/device-certificates.ts';
import { DeviceCertifier } from '../../../gateway/join/device-certifier.ts';
import { Joining } from '../../../gateway/join/joining.ts';
import { openSiteAuthority } from '../../../gateway/pki/site-authority.ts';
import { openHome } from '../../../runtime/home.ts';
import type { KeyPair } from '../../../runtime/x509/jobs.ts';
import { Clock, temporaryRegistry } from '../../gateway/registry/temporary-registry.ts';
import { OpenSsl } from '../../support/openssl.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const HOUR_MS = 3600_000;
const ADDRESS = '192.0.2.7';
const SECRET = 'a'.repeat(22);

/** What lets devices in, with no server before it. */
async function setUp() {
  const { registry, clock } = temporaryRegistry(new Clock(Date.now()));
  const { now } = clock;
  const authority = await openSiteAuthority(openHome(temporaryDirectory()), 'school');
  const certificates = new DeviceCertificates({ credentials: registry.credentials, now });
  const certifier = new DeviceCertifier({ authority, site: 'school', issued: registry.issuedCertificates, now });
  const joining = new Joining({
    ...{ authority, registry, certificates, certifier, site: 'school', mqttsPort: 8883, url: undefined, now },
  });
  const openSsl = new OpenSsl();
  const join = async (device: string, secret: string, request?: string): Promise<KeyPair> => {
    if (registry.joinTokens.find(secret) === undefined) {
      const token = { secret, device: undefined, createdBy: 'test', now: now(), expiresAt: now() + HOUR_MS };
      registry.joinTokens.add(token);
    }
    const made = openSsl.request('CN=any');
    const { certificate } = await joining.join(
      { secret, host_name: device, request: request ?? made.request },
      ADDRESS,
    );
    return { certificate, key: made.key };
  };
  const renew = async ({ certificate, key }: KeyPair): Promise<string> => {
    const { request } = openSsl.request('CN=any');
    const signature = sign('sha256', Buffer.from(request), createPrivateKey(key)).toString('base64');
    return (await joining.renew({ certificate, request, signature }, ADDRESS)).certificate;
  };
  return { registry, clock, join, renew };
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
