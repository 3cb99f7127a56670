import { verify, X509Certificate } from 'node:crypto';
import { CampusError } from '../../contract/errors.ts';
import { type DeviceCertificates, presentedCertificate } from '../access/device-certificates.ts';
import { hasSigned } from '../pki/site-authority.ts';
import type { Refusals } from './refusals.ts';

/** What a device shows to be known without a connection of its own by TLS: its certificate, and a text that its key has signed. */
export interface DeviceProof {
  /** PEM. */
  certificate: string;
  text: string;
  /** Of the text: ECDSA with SHA-256, DER, base64. */
  signature: string;
  address: string;
  /** What it asks for, as the audit log names it. */
  action: string;
}

/** A device that has proved who it is. */
export interface ProvenDevice {
  site: string;
  device: string;
  /** Of its account. */
  username: string;
}

export interface DeviceProofsOptions {
  /** The site's, PEM. */
  authority: string;
  certificates: DeviceCertificates;
  refusals: Refusals;
}

/** Tells devices by what they have signed. */
export class DeviceProofs {
  readonly #options: DeviceProofsOptions;

  constructor(options: DeviceProofsOptions) {
    this.#options = options;
  }

  /**
   * The device whose proof this is: the site's authority has signed its certificate, which holds now and is not revoked.
   * @throws CampusError `certificate_expired`, `certificate_unknown`, `certificate_revoked`, audited; `request_invalid`, `rate_limited`
   */
  check({ certificate, text, signature, address, action }: DeviceProof): ProvenDevice {
    const { authority, certificates, refusals } = this.#options;
    refusals.throttled(address);
    const present = parseCertificate(certificate);
    const fault = hasSigned(authority, present) ? undefined : 'another authority signed it';
    const shown = presentedCertificate(present.toLegacyObject(), fault);
    const who = { address, target: `${shown?.site}/${shown?.device}` };
    if (shown === undefined) {
      throw refusals.refused(action, who, { code: 'certificate_unknown', message: 'it has no number' });
    }
    const admitted = certificates.admit(shown);
    if ('code' in admitted) {
      throw refusals.refused(action, who, { code: admitted.code, message: admitted.detail });
    }
    if (!verify('sha256', Buffer.from(text), present.publicKey, Buffer.from(signature, 'base64'))) {
      const message = 'its key has not signed the request';
      throw refusals.refused(action, who, { code: 'certificate_unknown', message });
    }
    if (admitted.kind !== 'device') throw new CampusError('not_found', 'there is no such device');
    return admitted;
  }
}

/** @throws CampusError `request_invalid` */
function parseCertificate(pem: string): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch (error) {
    throw new CampusError('request_invalid', 'certificate: expected a certificate as PEM, got another text', {
      cause: error,
    });
  }
}
