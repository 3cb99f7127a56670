import { createHash, X509Certificate } from 'node:crypto';

/** SHA-256 of a certificate's DER, as join tokens carry it: 43 characters of base64url. */
export function certificateFingerprint(pem: string): string {
  return createHash('sha256').update(new X509Certificate(pem).raw).digest('base64url');
}
