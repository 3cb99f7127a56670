import type { PeerCertificate } from 'node:tls';
import type { ErrorCode } from '../../contract/errors.ts';
import { parseDeviceSerial } from '../pki/device-serial.ts';
import { type Credentials, usernameOf } from '../registry/credentials.ts';
import type { VerifiedPrincipal } from './principal.ts';

/** A certificate as a client has shown it in its TLS handshake; nothing of it is to be believed while there is a `fault`. */
export interface PresentedCertificate {
  site: string;
  device: string;
  /** Hexadecimal. */
  serial: string;
  /** ms */
  notBefore: number;
  notAfter: number;
  /** Why TLS does not accept it, as OpenSSL names it; undefined when the site's authority has signed it for a client. */
  fault: string | undefined;
}

/** Why a certificate lets nobody in. */
export interface CertificateProblem {
  code: Extract<ErrorCode, 'certificate_expired' | 'certificate_unknown' | 'certificate_revoked'>;
  detail: string;
}

/** What OpenSSL says of a certificate outside of its time (openssl-verification-options(1), `X509_V_ERR_*`). */
export const timeFaults: readonly string[] = ['CERT_HAS_EXPIRED', 'CERT_NOT_YET_VALID'];

/**
 * What a TLS client has shown; undefined for one without a certificate.
 * @param fault `authorizationError` of the socket
 */
export function presentedCertificate(
  peer: Partial<PeerCertificate>,
  fault: string | undefined,
): PresentedCertificate | undefined {
  if (peer.serialNumber === undefined) return undefined;
  return {
    site: oneOf(peer.subject?.O),
    device: oneOf(peer.subject?.CN),
    serial: peer.serialNumber,
    notBefore: Date.parse(peer.valid_from ?? ''),
    notAfter: Date.parse(peer.valid_to ?? ''),
    fault,
  };
}

/** Tells devices by their certificates: signed by the site's authority, in its time, and of the account's present version. */
export class DeviceCertificates {
  readonly #credentials: Credentials;
  readonly #now: () => number;

  constructor({ credentials, now }: { credentials: Credentials; now: () => number }) {
    this.#credentials = credentials;
    this.#now = now;
  }

  /** Who a certificate stands for, or why it does for nobody. */
  admit({
    site,
    device,
    serial,
    notBefore,
    notAfter,
    fault,
  }: PresentedCertificate): VerifiedPrincipal | CertificateProblem {
    const now = this.#now();
    if (fault !== undefined && !timeFaults.includes(fault)) {
      return { code: 'certificate_unknown', detail: `expected a certificate of this site for a device, got ${fault}` };
    }
    if (fault !== undefined || !(notBefore <= now && now < notAfter)) {
      const from = `${moment(notBefore)} to ${moment(notAfter)}`;
      return { code: 'certificate_expired', detail: `expected a certificate that holds now, got one from ${from}` };
    }
    const account = parseDeviceSerial(serial);
    const credential = this.#credentials.get(usernameOf({ kind: 'device', site, device }));
    if (account === undefined || credential?.owner.kind !== 'device') {
      return { code: 'certificate_unknown', detail: 'expected the certificate of a device, got another' };
    }
    const { owner, username, version, createdAt, revokedAt } = credential;
    if (revokedAt === undefined && version === account.version && createdAt === account.createdAt) {
      return { ...owner, username, version };
    }
    const detail = revokedAt === undefined ? 'the device has joined anew since' : 'the device was revoked';
    return { code: 'certificate_revoked', detail };
  }
}

/** A part of a name that is there once; a certificate of ours has no other. */
function oneOf(part: string | string[] | undefined): string {
  return typeof part === 'string' ? part : '';
}

function moment(ms: number): string {
  return Number.isNaN(ms) ? 'unknown' : new Date(ms).toISOString();
}
