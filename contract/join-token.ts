/**
 * A join token as people pass it on: `cej_`, the SHA-256 of the site's certificate authority (43 characters of base64url), a secret
 * (22 characters, 128 bits). The prefix lets a scanner find one that leaked into a file.
 */
export interface JoinTokenParts {
  /** SHA-256 of the authority's certificate, base64url. */
  fingerprint: string;
  /** What the gateway knows the token by; it goes to no gateway that has not shown that it belongs to the authority. */
  secret: string;
}

export const JOIN_TOKEN_PREFIX = 'cej_';

/** Characters of a token: 4 + 43 + 22. */
const PATTERN = /^cej_([A-Za-z0-9_-]{43})([A-Za-z0-9_-]{22})$/;

export function encodeJoinToken({ fingerprint, secret }: JoinTokenParts): string {
  return `${JOIN_TOKEN_PREFIX}${fingerprint}${secret}`;
}

/** Undefined for a text that is no token; spaces around it do not count. */
export function parseJoinToken(text: string): JoinTokenParts | undefined {
  const match = PATTERN.exec(text.trim());
  return match === null ? undefined : { fingerprint: match[1] ?? '', secret: match[2] ?? '' };
}
