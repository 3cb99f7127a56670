/**
 * The SHA-256 of a site's certificate authority as people pass it on: `sha256:` and 64 hexadecimal digits. `openssl x509 -fingerprint -sha256`
 * prints the same digits with colons between them. Join tokens and the API have it as 43 characters of base64url.
 */
const DIGITS = /^[0-9a-f]{64}$/;

/** @param fingerprint base64url */
export function formatCaFingerprint(fingerprint: string): string {
  const bytes = atob(fingerprint.replaceAll('-', '+').replaceAll('_', '/'));
  const digits = [...bytes].map((byte) => byte.charCodeAt(0).toString(16).padStart(2, '0'));
  return `sha256:${digits.join('')}`;
}

/** The fingerprint as base64url; undefined for a text that is none. Capital letters, colons and spaces around it do not count. */
export function parseCaFingerprint(text: string): string | undefined {
  const digits = text
    .trim()
    .toLowerCase()
    .replace(/^sha256:/, '')
    .replaceAll(':', '');
  if (!DIGITS.test(digits)) return undefined;
  const bytes = digits.replaceAll(/../g, (pair) => String.fromCharCode(Number.parseInt(pair, 16)));
  return btoa(bytes).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}
