import { createHash, X509Certificate } from 'node:crypto';

/** SHA-256 of a certificate's DER, as join tokens carry it: 43 characters of base64url. */
export function certificateFingerprint(pem: string): string {
  return createHash('sha256').update(new X509Certificate(pem).raw).digest('base64url');
}

/** The same as people compare it: `AB:CD:…`. */
export function fingerprintForPeople(pem: string): string {
  return new X509Certificate(pem).fingerprint256;
}
