import { createHmac, randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto';

/** Work factors of scrypt (RFC 7914 §2): `cost` is N, `blockSize` r, `parallelization` p; memory is 128·N·r bytes. */
export interface HashCost {
  cost: number;
  blockSize: number;
  parallelization: number;
}

/**
 * People choose weak passwords: of the OWASP Password Storage Cheat Sheet's equal choices the one that takes 32 MiB, for a Pi has
 * no 128 MiB to spare for a log-in.
 */
export const passwordCost: HashCost = { cost: 2 ** 15, blockSize: 8, parallelization: 3 };

/** What devices' passwords were hashed with before `hashSecret`. Accounts of that time are still checked with it. */
export const secretCost: HashCost = { cost: 4096, blockSize: 8, parallelization: 1 };

const SALT_BYTES = 16;
const HASH_BYTES = 32;

/**
 * Hashes a password with a new salt.
 * @returns `scrypt$N=4096$r=8$p=1$<salt>$<hash>`, the last two in base64url
 */
export async function hashPassword(password: string | Uint8Array, cost: HashCost): Promise<string> {
  const salt = randomBytes(SALT_BYTES);
  return encodeHash(cost, salt, await derive(password, salt, cost));
}

/** Compares a password with a hash in constant time. @throws TypeError when `hash` is none */
export async function verifyPassword(password: string | Uint8Array, hash: string): Promise<boolean> {
  const { cost, salt, derived } = parseHash(hash);
  return timingSafeEqual(await derive(password, salt, cost), derived);
}

/** A hash that no password has, to spend the same time on a name that does not exist. */
export function unmatchableHash(cost: HashCost): string {
  return encodeHash(cost, randomBytes(SALT_BYTES), randomBytes(HASH_BYTES));
}

function encodeHash({ cost, blockSize, parallelization }: HashCost, salt: Buffer, derived: Buffer): string {
  const encoded = [salt, derived].map((bytes) => bytes.toString('base64url'));
  return `scrypt$N=${cost}$r=${blockSize}$p=${parallelization}$${encoded.join('$')}`;
}

function parseHash(hash: string): { cost: HashCost; salt: Buffer; derived: Buffer } {
  const match = /^scrypt\$N=(\d+)\$r=(\d+)\$p=(\d+)\$([\w-]+)\$([\w-]+)$/.exec(hash);
  const derived = Buffer.from(match?.[5] ?? '', 'base64url');
  if (match === null || derived.byteLength !== HASH_BYTES) {
    throw new TypeError('expected scrypt$N=…$r=…$p=…$salt$hash in the registry, got something else');
  }
  const [, cost, blockSize, parallelization, salt = ''] = match;
  return {
    cost: { cost: Number(cost), blockSize: Number(blockSize), parallelization: Number(parallelization) },
    salt: Buffer.from(salt, 'base64url'),
    derived,
  };
}

function derive(password: string | Uint8Array, salt: Buffer, cost: HashCost): Promise<Buffer> {
  // Node's own limit of 32 MiB is below what OWASP asks for; the working memory is 128·N·r and a little.
  const options: ScryptOptions = { ...cost, maxmem: 256 * cost.cost * cost.blockSize };
  return new Promise((resolve, reject) => {
    scrypt(password, salt, HASH_BYTES, options, (error, derived) =>
      error === null ? resolve(derived) : reject(error),
    );
  });
}

const SECRET_HASH = 'hmac-sha256';

/**
 * Hashes a secret that this product made: 192 random bits, which nobody guesses however fast, so that a work factor would protect nothing. Being
 * cheap to check is what lets a right secret in while others flood the gateway with wrong ones.
 * @returns `hmac-sha256$<salt>$<hash>`, both in base64url
 */
export function hashSecret(secret: string | Uint8Array): string {
  const salt = randomBytes(SALT_BYTES);
  return [SECRET_HASH, salt.toString('base64url'), deriveFast(secret, salt).toString('base64url')].join('$');
}

/** Compares a secret with what `hashSecret` made, in constant time; undefined for a hash of another kind. */
export function verifySecret(secret: string | Uint8Array, hash: string): boolean | undefined {
  const [kind, salt = '', derived = ''] = hash.split('$');
  const expected = Buffer.from(derived, 'base64url');
  if (kind !== SECRET_HASH || expected.byteLength !== HASH_BYTES) return undefined;
  return timingSafeEqual(deriveFast(secret, Buffer.from(salt, 'base64url')), expected);
}

function deriveFast(secret: string | Uint8Array, salt: Buffer): Buffer {
  return createHmac('sha256', salt).update(secret).digest();
}
