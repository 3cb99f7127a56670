import { DeviceCertificates } from '../../../gateway/access/device-certificates.ts';
import { DeviceCertifier } from '../../../gateway/join/device-certifier.ts';
import { Joining } from '../../../gateway/join/joining.ts';
import { openSiteAuthority } from '../../../gateway/pki/site-authority.ts';
import { openHome } from '../../../runtime/home.ts';
import type { KeyPair } from '../../../runtime/x509/jobs.ts';
import { Clock, temporaryRegistry } from '../../gateway/registry/temporary-registry.ts';
import { OpenSsl } from '../../support/openssl.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

export const HOUR_MS = 3600_000;
export const ADDRESS = '192.0.2.7';

/** What lets devices in, with no server before it. */
export async function setUpJoining() {
  const { registry, clock } = temporaryRegistry(new Clock(Date.now()));
  const { now } = clock;
  const authority = await openSiteAuthority(openHome(temporaryDirectory()), 'school');
  const certificates = new DeviceCertificates({ credentials: registry.credentials, now });
  const certifier = new DeviceCertifier({ authority, site: 'school', issued: registry.issuedCertificates, now });
  const joining = new Joining({
    ...{ authority, registry, certificates, certifier, site: 'school', mqttsPort: 8883, url: undefined, now },
  });
  const openSsl = new OpenSsl();
  /** A device joins by a token with this secret. */
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
  return { registry, clock, joining, openSsl, join };
}
