import { randomBytes } from 'node:crypto';
import { CampusError, type ErrorCode } from '../../contract/errors.ts';
import { isDeviceId } from '../../contract/ids.ts';
import type { UnverifiedGateway } from '../../contract/join.ts';
import type { JoinAnnouncement, JoinInquiry, JoinRequestState } from '../../contract/join-request.ts';
import { limits } from '../../contract/limits.ts';
import { joinCode } from '../../runtime/join-code.ts';
import { addressBlock } from '../access/network-address.ts';
import { requestedKey } from '../pki/certificate-request.ts';
import { usernameOf } from '../registry/credentials.ts';
import type { JoinRequest } from '../registry/join-requests.ts';
import type { Registry } from '../registry/registry.ts';
import { inTransaction } from '../registry/transaction.ts';
import type { DeviceCertifier } from './device-certifier.ts';
import { impostorReport } from './impostor-report.ts';
import { whoMakesRoom } from './make-room.ts';

export interface ApprovalQueueOptions {
  /** Whether devices may ask at all: `gateway.join.requests`. */
  enabled: boolean;
  certifier: Pick<DeviceCertifier, 'certify' | 'issued'>;
  registry: Pick<Registry, 'db' | 'credentials' | 'joinRequests' | 'audit'>;
  site: string;
  mqttsPort: number;
  /** Counts a refusal. */
  refused: (code: ErrorCode) => void;
  /** Wall clock, ms. */
  now: () => number;
}

/** A request as the administrator sees it. */
export type WaitingDevice = Pick<JoinRequest, 'id' | 'device' | 'code' | 'address' | 'createdAt' | 'expiresAt'> & {
  /** A device of this name is registered and not revoked: the request needs another name. */
  nameTaken: boolean;
};

/** Who decides, as the audit log calls them, and from where. */
export interface Decider {
  actor: string;
  address: string;
}

/**
 * Devices that ask to be let in without a token, until an administrator has compared their code. Who asks is a stranger: it costs the gateway a
 * row and the check of a signature, and what it gets to know is what became of its own request.
 */
export class ApprovalQueue {
  readonly #options: ApprovalQueueOptions;
  readonly #listeners = new Set<() => void>();

  constructor(options: ApprovalQueueOptions) {
    this.#options = options;
  }

  get enabled(): boolean {
    return this.#options.enabled;
  }

  /** Calls back whenever the list of those that wait changes, but for those that expire. Returns how to end that. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * A device asks to be let in. Asking again with the same secret goes on with the same request.
   * @throws CampusError `request_invalid`; `join_requests_off`, `join_requests_full`, `join_request_*`, counted and audited
   */
  announce({ secret, device, request, unverified }: JoinAnnouncement, address: string): JoinRequestState {
    const { registry, now } = this.#options;
    this.#checkOn({ address, target: this.#name(device) });
    const known = registry.joinRequests.find(secret);
    if (known !== undefined) return this.#stateOf(known, { address, unverified });
    const key = requestedKey(request);
    checkName(device);
    this.#makeRoom(device, address);
    const id = `r-${randomBytes(6).toString('hex')}`;
    const code = joinCode(key, id);
    const [createdAt, expiresAt] = [now(), now() + limits.joinRequestMs];
    const asked = { id, device, request, code, address, createdAt, expiresAt };
    registry.joinRequests.add({ ...asked, secret, addressBlock: addressBlock(address) });
    const row = { actor: 'anonymous', address, action: 'device.announce', target: this.#name(device) };
    registry.audit.record({ ...row, outcome: 'ok', detail: `request ${id}, code ${code}` });
    this.#changed();
    return { id, expires_at: expiresAt };
  }

  /**
   * A device asks what has become of its request. The certificate is answered as often as it asks, should an answer get lost.
   * @throws CampusError `join_requests_off`, `join_request_unknown`, `join_request_rejected`, `join_request_expired`, counted and audited
   */
  inquire({ secret, unverified }: JoinInquiry, address: string): JoinRequestState {
    this.#checkOn({ address });
    const known = this.#options.registry.joinRequests.find(secret);
    if (known === undefined) throw this.#refused({ address }, 'join_request_unknown', 'there is no such request');
    return this.#stateOf(known, { address, unverified });
  }

  /** Devices that wait for an approval, by age. */
  waiting(): WaitingDevice[] {
    const { registry, now } = this.#options;
    return registry.joinRequests.pending(now()).map(({ id, device, code, address, createdAt, expiresAt }) => ({
      ...{ id, device, code, address, createdAt, expiresAt },
      nameTaken: this.#isTaken(device),
    }));
  }

  /**
   * Lets a device in: makes its account and its certificate, which it fetches. A name that is taken is refused: who asks has shown nothing that
   * the device of that name has.
   * @param name what it is to be called; as it wishes unless told
   * @throws CampusError `join_requests_off`, `not_found`, `request_invalid`, `already_exists`, `state_conflict`
   */
  async approve(
    id: string,
    name: string | undefined,
    { actor, address }: Decider,
  ): Promise<{ site: string; device: string }> {
    const { certifier, registry, site, now } = this.#options;
    const { request, device: wished, code } = this.#waitingOf(id);
    const device = name ?? wished;
    checkName(device);
    this.#checkFree(device);
    const owner = { kind: 'device', site, device } as const;
    const before = registry.credentials.get(usernameOf(owner));
    // The certificate names the version that the account will have; it is kept only if that is so in the end.
    const account = { createdAt: before?.createdAt ?? now(), version: (before?.version ?? 0) + 1 };
    const certificate = await certifier.certify(device, request, account);
    inTransaction(registry.db, () => {
      const at = before === undefined ? account.createdAt : now();
      if (!registry.credentials.put(owner, { hash: '', replace: false, now: at })) throw nameTaken(this.#name(device));
      const made = { device, certificate, now: now(), expiresAt: now() + limits.joinRequestMs };
      const isAsPlanned = registry.credentials.get(usernameOf(owner))?.version === account.version;
      if (!isAsPlanned || !registry.joinRequests.approve(id, made)) {
        throw new CampusError(
          'state_conflict',
          `request ${id} or ${this.#name(device)} was changed meanwhile: look again`,
        );
      }
      certifier.issued(certificate, usernameOf(owner), account.version);
    });
    const row = { actor, address, action: 'device.approve', target: this.#name(device) };
    registry.audit.record({ ...row, outcome: 'ok', detail: `request ${id}, code ${code}` });
    this.#changed();
    return { site, device };
  }

  /** Turns a device away. @throws CampusError `join_requests_off`, `not_found` */
  reject(id: string, { actor, address }: Decider): void {
    const { registry, now } = this.#options;
    const { device, code } = this.#waitingOf(id);
    registry.joinRequests.reject(id, now());
    const row = { actor, address, action: 'device.reject', target: this.#name(device) };
    registry.audit.record({ ...row, outcome: 'ok', detail: `request ${id}, code ${code}` });
    this.#changed();
  }

  /** What a device is told of its request. */
  #stateOf(
    { id, device, state, certificate, expiresAt }: JoinRequest,
    { address, unverified }: { address: string; unverified: UnverifiedGateway | undefined },
  ): JoinRequestState {
    const { registry, site, mqttsPort, now } = this.#options;
    const who = { address, target: this.#name(device) };
    if (state === 'rejected') throw this.#refused(who, 'join_request_rejected', `request ${id} was rejected`);
    if (expiresAt <= now()) {
      const since = new Date(expiresAt).toISOString();
      throw this.#refused(who, 'join_request_expired', `request ${id} expired at ${since}`);
    }
    if (certificate === undefined) return { id, expires_at: expiresAt };
    if (registry.joinRequests.collect(id)) {
      if (unverified !== undefined) registry.audit.record(impostorReport(unverified, { address, device: who.target }));
      const row = { actor: `device:${who.target}`, address, action: 'device.join', target: who.target };
      registry.audit.record({ ...row, outcome: 'ok', detail: `request ${id}` });
    }
    return { id, expires_at: expiresAt, joined: { site, device, certificate, mqtts_port: mqttsPort } };
  }

  /** Sees to a free place: where all are taken, whoever has more of them than others gives one. @throws CampusError `join_requests_full` */
  #makeRoom(device: string, address: string): void {
    const { registry, now } = this.#options;
    const { total, ofAddress } = registry.joinRequests.count(addressBlock(address), now());
    const who = { address, target: this.#name(device) };
    if (ofAddress >= limits.joinRequestsPerAddress) {
      const detail = `expected at most ${limits.joinRequestsPerAddress} devices that wait at one address`;
      throw this.#refused(who, 'join_requests_full', detail);
    }
    if (total < limits.joinRequests) return;
    const leaving = whoMakesRoom(registry.joinRequests.pending(now()), address);
    const full = `expected at most ${limits.joinRequests} devices that wait`;
    if (leaving === undefined) throw this.#refused(who, 'join_requests_full', full);
    registry.joinRequests.expire(leaving.id, now());
    const displaced = { address: leaving.address, target: this.#name(leaving.device) };
    this.#refused(displaced, 'join_requests_full', `${full}: one of those at the address with the most made room`);
  }

  /** @throws CampusError `join_requests_off` */
  #checkOn(asking: { address: string; target?: string }): void {
    if (!this.#options.enabled) throw this.#refused(asking, 'join_requests_off', OFF);
  }

  /** The request of an id while it waits. @throws CampusError `join_requests_off`, `not_found` */
  #waitingOf(id: string): JoinRequest {
    const { enabled, registry, now } = this.#options;
    if (!enabled) throw new CampusError('join_requests_off', OFF);
    const request = registry.joinRequests.get(id);
    if (request?.state === 'pending' && request.expiresAt > now()) return request;
    throw new CampusError('not_found', `expected the id of a request that waits, got ${id}`);
  }

  /** @throws CampusError `already_exists` */
  #checkFree(device: string): void {
    if (this.#isTaken(device)) throw nameTaken(this.#name(device));
  }

  #isTaken(device: string): boolean {
    const account = this.#options.registry.credentials.get(this.#name(device));
    return account !== undefined && account.revokedAt === undefined;
  }

  #name(device: string): string {
    return `${this.#options.site}/${device}`;
  }

  #changed(): void {
    for (const listener of this.#listeners) listener();
  }

  /** Counts a refusal and writes it down. */
  #refused(
    { address, target = '' }: { address: string; target?: string },
    code: ErrorCode,
    detail: string,
  ): CampusError {
    const { registry, refused } = this.#options;
    refused(code);
    const row = { actor: 'anonymous', address, action: 'device.announce', target };
    registry.audit.record({ ...row, outcome: 'refused', detail: `${code}: ${detail}` });
    return new CampusError(code, detail);
  }
}

const OFF =
  'devices cannot ask to join this gateway: make a join token (campus-edge join-token create), or set gateway.join.requests to true in its campus-edge.yaml';

function nameTaken(name: string): CampusError {
  return new CampusError(
    'already_exists',
    `${name} is there already: approve under another name, revoke that device first, or let the box join with a token made for that name`,
  );
}

/** @throws CampusError `request_invalid` */
function checkName(device: string): void {
  if (isDeviceId(device)) return;
  throw new CampusError('request_invalid', `device: expected no reserved name, got ${device}`);
}
