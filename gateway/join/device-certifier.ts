import { randomBytes, X509Certificate } from 'node:crypto';
import { runX509Job } from '../../runtime/x509/run-job.ts';
import { certificateGateLimits, WorkGate } from '../access/work-gate.ts';
import { type CertifiedAccount, encodeDeviceSerial, SERIAL_RANDOM_BYTES } from '../pki/device-serial.ts';
import { validityFrom } from '../pki/lifetimes.ts';
import type { SiteAuthority } from '../pki/site-authority.ts';
import type { IssuedCertificates } from '../registry/issued-certificates.ts';

export interface DeviceCertifierOptions {
  authority: SiteAuthority;
  site: string;
  issued: Pick<IssuedCertificates, 'add'>;
  /** Wall clock, ms. */
  now: () => number;
}

/** Makes the certificates of devices, one after another, whichever way a device joins. */
export class DeviceCertifier {
  readonly #options: DeviceCertifierOptions;
  readonly #gate = new WorkGate(certificateGateLimits);

  constructor(options: DeviceCertifierOptions) {
    this.#options = options;
  }

  /**
   * Makes a device's certificate, PEM.
   * @param request PKCS #10 as PEM
   * @param account the account that the certificate stands or falls with
   * @throws CampusError `request_invalid`; `rate_limited` when too many wait
   */
  async certify(device: string, request: string, account: CertifiedAccount): Promise<string> {
    const { authority, site, now } = this.#options;
    const job = {
      kind: 'device',
      authority: { certificate: authority.certificate, key: authority.key },
      ...{ request, site, device },
      serial: encodeDeviceSerial(account, randomBytes(SERIAL_RANDOM_BYTES)),
      validity: validityFrom(now()),
    } as const;
    const { certificate } = await this.#gate.run(() => runX509Job<'device'>(job));
    return certificate;
  }

  /** Remembers a certificate that is handed out, so that it can be taken back in the eyes of others, too. */
  issued(certificate: string, username: string, version: number): void {
    const { issued, now } = this.#options;
    const { serialNumber: serial, validToDate } = new X509Certificate(certificate);
    issued.add({ serial, username, version, expiresAt: validToDate.getTime() }, now());
  }
}
