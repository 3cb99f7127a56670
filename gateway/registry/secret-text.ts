import { createHash, randomBytes } from 'node:crypto';

/** 256 random bits as 43 URL-safe characters. */
export function newSecret(): string {
  return randomBytes(32).toString('base64url');
}

/**
 * What is kept of a random secret. 256 random bits cannot be guessed, so a fast hash does; being looked up by its hash, a secret is
 * compared by the database in no way that its timing could tell.
 */
export function secretHash(secret: string): string {
  return createHash('sha256').update(secret).digest('base64url');
}
