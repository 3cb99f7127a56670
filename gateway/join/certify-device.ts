import { randomBytes } from 'node:crypto';
import { runX509Job } from '../../runtime/x509/run-job.ts';
import { type CertifiedAccount, encodeDeviceSerial, SERIAL_RANDOM_BYTES } from '../pki/device-serial.ts';
import { validityFrom } from '../pki/lifetimes.ts';
import type { SiteAuthority } from '../pki/site-authority.ts';

export interface DeviceToCertify {
  authority: SiteAuthority;
  site: string;
  device: string;
  /** PKCS #10 as PEM. */
  request: string;
  /** The account that the certificate stands or falls with. */
  account: CertifiedAccount;
  /** ms */
  now: number;
}

/** Makes a device's certificate, PEM. @throws CampusError `request_invalid` */
export async function certifyDevice({
  authority,
  site,
  device,
  request,
  account,
  now,
}: DeviceToCertify): Promise<string> {
  const { certificate } = await runX509Job<'device'>({
    kind: 'device',
    authority: { certificate: authority.certificate, key: authority.key },
    ...{ request, site, device },
    serial: encodeDeviceSerial(account, randomBytes(SERIAL_RANDOM_BYTES)),
    validity: validityFrom(now),
  });
  return certificate;
}
