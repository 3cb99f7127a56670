import { randomInt } from 'node:crypto';
import { CampusError } from '../../contract/errors.ts';
import type { User, Users } from '../registry/users.ts';
import { type HashCost, hashPassword, passwordCost, unmatchableHash, verifyPassword } from './password-hash.ts';
import type { Role } from './roles.ts';
import type { WorkGate } from './work-gate.ts';

/** User and token names. */
export const NAME_PATTERN = '^[a-z0-9._-]{1,64}$';
/** Characters of a password: NIST SP 800-63B §5.1.1.2 asks for 8 at least; the upper bound only keeps the work bounded. */
export const PASSWORD_MIN = 8;
export const PASSWORD_MAX = 256;

/** Letters and digits that nobody mistakes for one another: without 0 O o, 1 l I i. */
const UNAMBIGUOUS = 'abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789';
const GENERATED_CHARS = 16;

const nameRegExp = new RegExp(NAME_PATTERN);

/** A password to be read from a screen and typed: 16 characters, 92 bits. */
export function generatePassword(): string {
  return Array.from({ length: GENERATED_CHARS }, () => UNAMBIGUOUS[randomInt(UNAMBIGUOUS.length)]).join('');
}

/** @throws CampusError `request_invalid` for a user's or token's name that is none */
export function checkName(name: string): void {
  if (nameRegExp.test(name)) return;
  throw new CampusError(
    'request_invalid',
    `name: expected 1 to 64 of a-z, 0-9, ".", "_" and "-", got ${JSON.stringify(name.slice(0, 80))}`,
  );
}

/** The people who may sign in, and their passwords. */
export class People {
  readonly #users: Users;
  readonly #gate: WorkGate;
  readonly #now: () => number;
  readonly #cost: HashCost;
  readonly #decoy: string;

  /** @param cost work factors for new passwords; less than the default is for tests */
  constructor({
    users,
    gate,
    now,
    cost = passwordCost,
  }: { users: Users; gate: WorkGate; now: () => number; cost?: HashCost }) {
    this.#users = users;
    this.#gate = gate;
    this.#now = now;
    this.#cost = cost;
    this.#decoy = unmatchableHash(cost);
  }

  /** @throws CampusError `request_invalid` for a name or password out of bounds, `already_exists`, `rate_limited` */
  async add({ name, role, password }: { name: string; role: Role; password: string }): Promise<void> {
    checkName(name);
    const hash = await this.#hash(password);
    if (!this.#users.add({ name, role, hash, now: this.#now() })) {
      throw new CampusError('already_exists', `expected a new user name, got ${name}, which is taken`);
    }
  }

  /** Sets a password and ends the user's sessions. @throws CampusError `request_invalid`, `not_found`, `rate_limited` */
  async setPassword(name: string, password: string): Promise<void> {
    if (this.#users.get(name) === undefined) throw noSuchUser(name);
    const hash = await this.#hash(password);
    if (!this.#users.setHash(name, hash, this.#now())) throw noSuchUser(name);
  }

  /** @throws CampusError `not_found`; `state_conflict` for the last admin, without whom nobody could add another */
  remove(name: string): void {
    if (this.#users.remove(name)) return;
    if (this.#users.get(name) === undefined) throw noSuchUser(name);
    throw new CampusError('state_conflict', `${name} is the last user with the role admin: add another admin first`);
  }

  /** The user with this name and password; undefined when there is none, which takes the same time. @throws CampusError `rate_limited` */
  async verify(name: string, password: string): Promise<User | undefined> {
    const hash = this.#users.hash(name);
    const right = await this.#gate.run(() => verifyPassword(password.slice(0, PASSWORD_MAX + 1), hash ?? this.#decoy));
    // The password may have been changed in the meantime.
    if (!right || hash === undefined || this.#users.hash(name) !== hash) return undefined;
    return this.#users.get(name);
  }

  #hash(password: string): Promise<string> {
    if (password.length < PASSWORD_MIN || password.length > PASSWORD_MAX) {
      throw new CampusError(
        'request_invalid',
        `password: expected ${PASSWORD_MIN} to ${PASSWORD_MAX} characters, got ${password.length}`,
      );
    }
    return this.#gate.run(() => hashPassword(password, this.#cost));
  }
}

function noSuchUser(name: string): CampusError {
  return new CampusError('not_found', `expected the name of a user, got ${JSON.stringify(name.slice(0, 80))}`);
}
