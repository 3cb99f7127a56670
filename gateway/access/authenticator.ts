import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Credential, Credentials } from '../registry/credentials.ts';
import { secretCost, unmatchableHash, verifyPassword } from './password-hash.ts';
import type { VerifiedPrincipal } from './principal.ts';
import type { WorkGate } from './work-gate.ts';

/** Longest user name and password looked at, in bytes: `{site}/{device}` has 127 at most, a password 32. */
const INPUT_BYTES = 256;

interface Remembered {
  version: number;
  mac: Buffer;
}

/** Tells MQTT clients apart by user name and password. */
export class Authenticator {
  readonly #credentials: Credentials;
  readonly #gate: WorkGate;
  /** Passwords that were right, as a MAC under a key that dies with the process: who reconnects costs no scrypt. One per account. */
  readonly #remembered = new Map<string, Remembered>();
  readonly #key = randomBytes(32);
  readonly #decoy = unmatchableHash(secretCost);

  constructor({ credentials, gate }: { credentials: Credentials; gate: WorkGate }) {
    this.#credentials = credentials;
    this.#gate = gate;
  }

  /**
   * The principal whose name and password these are; undefined when there is none or the password is wrong, which take the same time.
   * @throws CampusError `rate_limited` when too many clients wait to be checked
   */
  async authenticate(username: string, password: Uint8Array | string): Promise<VerifiedPrincipal | undefined> {
    const secret = Buffer.from(password).subarray(0, INPUT_BYTES + 1);
    const credential = this.#account(username);
    if (credential !== undefined && this.#isRemembered(credential, secret)) return principalOf(credential);
    const right = await this.#gate.run(() => verifyPassword(secret, credential?.hash ?? this.#decoy));
    // The account may have been revoked or rotated in the meantime.
    if (!right || credential === undefined || !this.#isCurrent(credential)) return undefined;
    this.#remembered.set(username, { version: credential.version, mac: this.#mac(username, secret) });
    return principalOf(credential);
  }

  /** False once the credential a connected client has shown is revoked or rotated. */
  isCurrent(principal: VerifiedPrincipal): boolean {
    return this.#isCurrent(principal);
  }

  #isCurrent({ username, version }: { username: string; version: number }): boolean {
    return this.#credentials.get(username)?.version === version;
  }

  #account(username: string): Credential | undefined {
    if (Buffer.byteLength(username) > INPUT_BYTES) return undefined;
    const credential = this.#credentials.get(username);
    // A device that joined by certificate has no password that could be right.
    return credential?.revokedAt === undefined && credential?.hash !== '' ? credential : undefined;
  }

  #isRemembered({ username, version }: Credential, secret: Buffer): boolean {
    const remembered = this.#remembered.get(username);
    return remembered?.version === version && timingSafeEqual(remembered.mac, this.#mac(username, secret));
  }

  #mac(username: string, secret: Buffer): Buffer {
    return createHmac('sha256', this.#key).update(`${username}\0`).update(secret).digest();
  }
}

function principalOf({ owner, username, version }: Credential): VerifiedPrincipal {
  return { ...owner, username, version };
}
