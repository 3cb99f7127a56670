import { join } from 'node:path';
import { CampusError } from '../contract/errors.ts';
import type { Home } from '../runtime/home.ts';
import { type DeviceAccess, DeviceAccounts } from './access/device-accounts.ts';
import { checkName, People } from './access/people.ts';
import type { Role } from './access/roles.ts';
import type { TokenScope } from './access/token-scopes.ts';
import { passwordGateLimits, WorkGate } from './access/work-gate.ts';
import { joinTokenDetail, type NewJoinToken, newJoinToken } from './join/new-join-token.ts';
import { certificateFingerprint } from './pki/fingerprint.ts';
import { readAuthorityCertificate } from './pki/site-authority.ts';
import { Audit, type AuditInput } from './registry/audit.ts';
import { Credentials } from './registry/credentials.ts';
import { makeDurable, openDatabase, PATIENT_TIMEOUT_MS } from './registry/database.ts';
import { DeviceTable } from './registry/device-table.ts';
import { type Erasure, type ErasureSubject, ErasureTable } from './registry/erasure-table.ts';
import { type JoinToken, JoinTokens } from './registry/join-tokens.ts';
import { TOKEN_LIFE_DEFAULT_MS, type Token, Tokens, tokenDetail } from './registry/tokens.ts';
import { type User, Users } from './registry/users.ts';

export type { DeviceAccess } from './access/device-accounts.ts';
export { generatePassword } from './access/people.ts';
export { isRole, type Role, roles } from './access/roles.ts';
export { isTokenScope, type TokenScope, tokenScopes } from './access/token-scopes.ts';
export { joinTokenLife } from './join/new-join-token.ts';
export { certificateFingerprint } from './pki/fingerprint.ts';
export { readAuthorityCertificate } from './pki/site-authority.ts';
export { type Erasure, type ErasureSubject, erasureSteps } from './registry/erasure-table.ts';
export type { JoinToken } from './registry/join-tokens.ts';
export { TOKEN_LIFE_DEFAULT_MS, TOKEN_LIFE_MAX_MS, type Token } from './registry/tokens.ts';
export type { User } from './registry/users.ts';

/** A device that has an account. Times are ms. */
export interface AdminDevice {
  id: string;
  site: string;
  revoked: boolean;
  addedAt: number;
  /** Absent while it has never reported; up to half a minute old while the gateway runs. */
  firstSeen: number | undefined;
  lastSeen: number | undefined;
}

/** The registry's file inside a home. */
export function registryFile(home: Home): string {
  return join(home.gatewayDir, 'registry.sqlite');
}

/** The door of the command line: the same file that a running gateway has open, which notices every change within a second. */
export class Admin {
  readonly #close: () => void;
  readonly #devices: DeviceTable;
  readonly #credentials: Credentials;
  readonly #users: Users;
  readonly #tokens: Tokens;
  readonly #joinTokens: JoinTokens;
  readonly #home: Home;
  readonly #audit: Audit;
  readonly #erasures: ErasureTable;
  readonly #accounts: DeviceAccounts;
  readonly #people: People;
  readonly #now: () => number;
  readonly #actor: string;

  constructor(home: Home, { now, actor }: { now: () => number; actor: string }) {
    const db = openDatabase(registryFile(home), { busyTimeoutMs: PATIENT_TIMEOUT_MS });
    this.#close = () => db.close();
    this.#devices = new DeviceTable(db);
    this.#credentials = new Credentials(db);
    this.#users = new Users(db);
    this.#tokens = new Tokens(db);
    this.#joinTokens = new JoinTokens(db);
    this.#home = home;
    this.#audit = new Audit(db, now);
    this.#erasures = new ErasureTable(db);
    this.#accounts = new DeviceAccounts({ credentials: this.#credentials, now });
    this.#people = new People({ users: this.#users, gate: new WorkGate(passwordGateLimits), now });
    this.#now = now;
    this.#actor = actor;
  }

  /** Gives a device an MQTT account. @throws CampusError `request_invalid`, `already_exists` */
  async addDevice({ site, device }: { site: string; device: string }): Promise<DeviceAccess> {
    const access = await this.#accounts.addDevice({ site, device });
    this.#record('device.add', access.username);
    return access;
  }

  /** Gives a device a new password, and an account where it has none. @throws CampusError `request_invalid` */
  async rotateDevice({ site, device }: { site: string; device: string }): Promise<DeviceAccess> {
    const access = await this.#accounts.addDevice({ site, device, rotate: true });
    this.#record('device.rotate', access.username);
    return access;
  }

  /** Takes a device's account away. @throws CampusError `not_found` */
  revokeDevice({ site, device }: { site: string; device: string }): void {
    this.#accounts.revokeDevice({ site, device });
    this.#record('device.revoke', `${site}/${device}`);
  }

  /** Every device that has or had an account, by site and id. */
  listDevices(): AdminDevice[] {
    const seen = new Map(this.#devices.all().map((record) => [`${record.site}/${record.device}`, record]));
    return this.#credentials.devices().flatMap(({ username, owner, createdAt, revokedAt }) => {
      if (owner.kind !== 'device') return [];
      const { firstSeen, lastSeen } = seen.get(username) ?? { firstSeen: undefined, lastSeen: undefined };
      return [
        {
          id: owner.device,
          site: owner.site,
          revoked: revokedAt !== undefined,
          addedAt: createdAt,
          firstSeen,
          lastSeen,
        },
      ];
    });
  }

  /** @throws CampusError `request_invalid` for a name or password out of bounds, `already_exists` */
  async addUser({ name, role, password }: { name: string; role: Role; password: string }): Promise<void> {
    await this.#people.add({ name, role, password });
    this.#record('user.add', name, `role ${role}`);
  }

  /** Sets a password and ends the user's sessions. @throws CampusError `request_invalid`, `not_found` */
  async setPassword({ name, password }: { name: string; password: string }): Promise<void> {
    await this.#people.setPassword(name, password);
    this.#record('user.password', name);
  }

  listUsers(): User[] {
    return this.#users.list();
  }

  /** @throws CampusError `not_found`, `state_conflict` for the last admin */
  removeUser(name: string): void {
    this.#people.remove(name);
    this.#record('user.remove', name);
  }

  /** Makes a token. Its `secret` is told this once. @throws CampusError `request_invalid`, `already_exists` for the name */
  createToken({
    name,
    role,
    scopes = [],
    lifeMs = TOKEN_LIFE_DEFAULT_MS,
  }: {
    name?: string | undefined;
    role: Role;
    /** Nothing beside these; none leaves it as wide as its role. */
    scopes?: readonly TokenScope[];
    /** How long it holds: a year unless told. */
    lifeMs?: number;
  }): Token & { secret: string } {
    if (name !== undefined) checkName(name);
    const now = this.#now();
    const token = this.#tokens.add({ name, role, scopes, createdBy: this.#actor, now, expiresAt: now + lifeMs });
    if (token === undefined)
      throw new CampusError('already_exists', `expected a new token name, got ${name}, which is taken`);
    this.#record('token.create', token.id, tokenDetail(token));
    return token;
  }

  /**
   * Makes a token with which the command line asks the running gateway to act for it. It ends by itself, should nobody revoke it; what
   * is done with it stands in the audit log under this actor, so the token itself leaves no row.
   */
  createStandIn({ role, lifeMs }: { role: Role; lifeMs: number }): {
    secret: string;
    expiresAt: number;
    end: () => void;
  } {
    const expiresAt = this.#now() + lifeMs;
    const token = this.#tokens.add({ role, createdBy: this.#actor, now: this.#now(), expiresAt, standsIn: true });
    // Its name is its random id: it is taken by nobody.
    if (token === undefined)
      throw new CampusError('already_exists', 'expected a new token name, got one that is taken');
    return { secret: token.secret, expiresAt, end: () => void this.#tokens.remove(token.id) };
  }

  /** Notes in the audit log what the command line did to the home without the gateway. */
  note(action: string, target: string, detail = ''): void {
    this.#record(action, target, detail);
  }

  /**
   * Asks for an erasure, which the gateway does as soon as it runs. A device's account is revoked at once.
   * @returns its number, for `erasure`
   * @throws CampusError `not_found`, `state_conflict` for the last admin
   */
  requestErasure(subject: ErasureSubject): number {
    if (subject.kind === 'user') this.#checkErasable(subject.name);
    if (subject.kind === 'device') {
      const account = this.#credentials.get(`${subject.site}/${subject.device}`);
      if (account !== undefined && account.revokedAt === undefined) this.#accounts.revokeDevice(subject);
    }
    const id = this.#erasures.add(subject, this.#actor, this.#now());
    this.#makeDurable();
    return id;
  }

  /** How far an erasure is. */
  erasure(id: number): Erasure | undefined {
    return this.#erasures.get(id);
  }

  #checkErasable(name: string): void {
    const users = this.#users.list();
    const user = users.find((one) => one.name === name);
    const known = ['user', 'cli'].some((kind) => this.#audit.names.find(`${kind}:${name}`) !== undefined);
    if (user === undefined && !known) {
      throw new CampusError('not_found', `expected the name of a user, got ${JSON.stringify(name.slice(0, 80))}`);
    }
    if (user?.role === 'admin' && users.filter(({ role }) => role === 'admin').length === 1) {
      throw new CampusError('state_conflict', `${name} is the last user with the role admin: add another admin first`);
    }
  }

  listTokens(): Token[] {
    return this.#tokens.list();
  }

  /** @param idOrName as `listTokens` shows them @throws CampusError `not_found` */
  revokeToken(idOrName: string): void {
    const token = this.#tokens.list().find(({ id, name }) => id === idOrName || name === idOrName);
    if (token === undefined || !this.#tokens.remove(token.id)) {
      throw new CampusError(
        'not_found',
        `expected the id or name of a token, got ${JSON.stringify(idOrName.slice(0, 80))}`,
      );
    }
    this.#record('token.revoke', token.id, tokenDetail(token));
  }

  /**
   * Makes a join token. Its `text` is told this once.
   * @throws CampusError `request_invalid`, `state_conflict`; `not_ready` while the gateway of this home has not run and has no authority yet
   */
  createJoinToken({ device, lifeMs }: Pick<NewJoinToken, 'device' | 'lifeMs'>): JoinToken & { text: string } {
    const certificate = readAuthorityCertificate(this.#home);
    if (certificate === undefined) {
      throw new CampusError(
        'not_ready',
        `start the gateway of ${this.#home.dir} once: it makes the certificate authority`,
      );
    }
    const token = newJoinToken(this.#joinTokens, {
      ...{ device, lifeMs, createdBy: this.#actor, now: this.#now() },
      fingerprint: certificateFingerprint(certificate),
    });
    this.#record('join-token.create', token.id, joinTokenDetail({ device, lifeMs }));
    return token;
  }

  listJoinTokens(): JoinToken[] {
    return this.#joinTokens.list();
  }

  /** Takes an unused join token back. @throws CampusError `not_found` */
  revokeJoinToken(id: string): void {
    if (!this.#joinTokens.remove(id)) {
      throw new CampusError(
        'not_found',
        `expected the id of an unused join token, got ${JSON.stringify(id.slice(0, 80))}`,
      );
    }
    this.#record('join-token.revoke', id);
  }

  close(): void {
    this.#close();
  }

  #record(action: string, target: string, detail = ''): void {
    const row: AuditInput = { actor: this.#actor, address: 'local', action, target, outcome: 'ok', detail };
    this.#audit.record(row);
    this.#makeDurable();
  }

  /** Who has revoked a device and been told so must not find it admitted after a power cut. */
  #makeDurable(): void {
    makeDurable(registryFile(this.#home));
  }
}

/**
 * Opens the registry of a home for the command line, making it when the gateway has not run yet.
 * @param actor who acts, as the audit log calls it: `cli:<os user>`
 * @throws CampusError `registry_unusable`
 */
export function openAdmin(home: Home, { now, actor }: { now: () => number; actor: string }): Admin {
  return new Admin(home, { now, actor });
}
