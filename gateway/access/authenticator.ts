import { randomBytes } from 'node:crypto';
import type { Credential, Credentials } from '../registry/credentials.ts';
import { hashSecret, verifyPassword, verifySecret } from './password-hash.ts';
import type { VerifiedPrincipal } from './principal.ts';
import type { WorkGate } from './work-gate.ts';

/** Longest user name and password looked at, in bytes: `{site}/{device}` has 127 at most, a password 32. */
const INPUT_BYTES = 256;

/** Tells MQTT clients apart by user name and password. */
export class Authenticator {
  readonly #credentials: Credentials;
  readonly #gate: WorkGate;
  readonly #decoy = hashSecret(randomBytes(32));
  /** Secrets of old accounts that were right, by the hash of today: who reconnects costs no work. One per account. */
  readonly #remembered = new Map<string, { version: number; hash: string }>();

  /** @param gate for accounts of the time when checking a secret was work */
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
    const right = verifySecret(secret, credential?.hash ?? this.#decoy);
    if (credential === undefined || right === false) return undefined;
    return right === true ? principalOf(credential) : this.#authenticateOld(credential, secret);
  }

  /** False once the credential a connected client has shown is revoked or rotated. */
  isCurrent({ username, version }: { username: string; version: number }): boolean {
    return this.#credentials.get(username)?.version === version;
  }

  /** An account whose secret was hashed with work factors. */
  async #authenticateOld(credential: Credential, secret: Buffer): Promise<VerifiedPrincipal | undefined> {
    const { username, version } = credential;
    const remembered = this.#remembered.get(username);
    if (remembered?.version === version && verifySecret(secret, remembered.hash) === true)
      return principalOf(credential);
    const right = await this.#gate.run(() => verifyPassword(secret, credential.hash));
    // The account may have been revoked or rotated in the meantime.
    if (!right || !this.isCurrent(credential)) return undefined;
    this.#remembered.set(username, { version, hash: hashSecret(secret) });
    return principalOf(credential);
  }

  #account(username: string): Credential | undefined {
    if (Buffer.byteLength(username) > INPUT_BYTES) return undefined;
    const credential = this.#credentials.get(username);
    // A device that joined by certificate has no password that could be right.
    return credential?.revokedAt === undefined && credential?.hash !== '' ? credential : undefined;
  }
}

function principalOf({ owner, username, version }: Credential): VerifiedPrincipal {
  return { ...owner, username, version };
}
