import { randomBytes } from 'node:crypto';
import { CampusError } from '../../contract/errors.ts';
import { isDeviceId } from '../../contract/ids.ts';
import { encodeJoinToken } from '../../contract/join-token.ts';
import type { JoinToken, JoinTokens } from '../registry/join-tokens.ts';

const MINUTE_MS = 60_000;

/** How long a join token holds: an hour serves who walks to a classroom with it, a week who has them sent out. */
export const joinTokenLife = {
  defaultMs: 60 * MINUTE_MS,
  leastMs: MINUTE_MS,
  mostMs: 7 * 24 * 60 * MINUTE_MS,
} as const;

/** Tokens that are open at once: a school's boxes all joining in one afternoon. */
const OPEN_MAX = 1000;

/** 128 bits: 22 characters of base64url. */
const SECRET_BYTES = 16;

export interface NewJoinToken {
  /** The only device that may join with it; any new one where it is undefined. */
  device: string | undefined;
  lifeMs: number;
  createdBy: string;
  /** SHA-256 of the site's authority. */
  fingerprint: string;
  /** ms */
  now: number;
}

/** What the audit log says of a join token that is made. It never changes, so it names no device: who joins with it is a row of its own. */
export function joinTokenDetail({ device, lifeMs }: Pick<NewJoinToken, 'device' | 'lifeMs'>): string {
  return `for ${device === undefined ? 'any device' : 'one device'}, ${lifeMs / 1000} s`;
}

/**
 * Makes a join token; its text is told this once.
 * @throws CampusError `request_invalid` for an id or a life out of bounds, `state_conflict` when too many are open
 */
export function newJoinToken(
  joinTokens: JoinTokens,
  { device, lifeMs, createdBy, fingerprint, now }: NewJoinToken,
): JoinToken & { text: string } {
  if (device !== undefined && !isDeviceId(device)) {
    throw new CampusError(
      'request_invalid',
      `device: expected 1 to 63 of a-z, 0-9 and -, and no reserved name, got ${JSON.stringify(device)}`,
    );
  }
  if (!(lifeMs >= joinTokenLife.leastMs && lifeMs <= joinTokenLife.mostMs)) {
    throw new CampusError('request_invalid', `ttl: expected 1 minute to 7 days, got ${lifeMs / 1000} s`);
  }
  const open = joinTokens.list().filter(({ usedAt, expiresAt }) => usedAt === undefined && expiresAt > now);
  if (open.length >= OPEN_MAX) {
    throw new CampusError('state_conflict', `expected at most ${OPEN_MAX} open join tokens: revoke some, or wait`);
  }
  const secret = randomBytes(SECRET_BYTES).toString('base64url');
  const token = joinTokens.add({ secret, device, createdBy, now, expiresAt: now + lifeMs });
  return { ...token, text: encodeJoinToken({ fingerprint, secret }) };
}
