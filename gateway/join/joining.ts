import { CampusError } from '../../contract/errors.ts';
import { isDeviceId } from '../../contract/ids.ts';
import type { JoinAnswer, JoinRequest, RenewalAnswer, RenewalRequest } from '../../contract/join.ts';
import type { DeviceCertificates } from '../access/device-certificates.ts';
import { addressRule, LoginThrottle, Throttled } from '../access/login-throttle.ts';
import type { SiteAuthority } from '../pki/site-authority.ts';
import { usernameOf } from '../registry/credentials.ts';
import type { JoinToken } from '../registry/join-tokens.ts';
import type { Registry } from '../registry/registry.ts';
import { inTransaction } from '../registry/transaction.ts';
import type { DeviceCertifier } from './device-certifier.ts';
import { type DeviceProof, DeviceProofs, type ProvenDevice } from './device-proof.ts';
import { impostorReport } from './impostor-report.ts';
import { Refusals } from './refusals.ts';

export interface JoiningOptions {
  authority: SiteAuthority;
  registry: Pick<Registry, 'db' | 'credentials' | 'joinTokens' | 'audit'>;
  certificates: DeviceCertificates;
  certifier: Pick<DeviceCertifier, 'certify' | 'issued'>;
  site: string;
  mqttsPort: number;
  /** Where other machines find this gateway, https://host:port; undefined where they cannot. */
  url: string | undefined;
  /** Wall clock, ms. */
  now: () => number;
}

/** Lets devices in: those with a join token get a certificate, and those with a certificate a new one before it ends. */
export class Joining {
  readonly #options: JoiningOptions;
  readonly #refusals: Refusals;
  readonly #proofs: DeviceProofs;
  /** One device that renews again and again would keep all others from it: a certificate costs seconds of a small box. */
  readonly #renewals = new LoginThrottle(addressRule);

  constructor(options: JoiningOptions) {
    const { registry, authority, certificates, now } = options;
    this.#options = options;
    this.#refusals = new Refusals(registry.audit, now);
    this.#proofs = new DeviceProofs({ authority: authority.certificate, certificates, refusals: this.#refusals });
  }

  /** Where machines join, https://host:port. */
  get url(): string | undefined {
    return this.#options.url;
  }

  /** What devices compare with their token before they say anything. */
  get authority(): { site: string; certificate: string; fingerprint: string } {
    const { authority, site } = this.#options;
    return { site, certificate: authority.certificate, fingerprint: authority.fingerprint };
  }

  /**
   * A device that is about to join says which authority its token is of.
   * @throws CampusError `join_token_other_site`, audited
   */
  checkFingerprint(fingerprint: string, address: string): void {
    if (fingerprint === this.#options.authority.fingerprint) return;
    throw this.#refusals.refused(
      'device.join',
      { address },
      {
        ...{ code: 'join_token_other_site', message: 'the token is of another site' },
      },
    );
  }

  /**
   * Lets a device in that has a join token: makes its certificate and uses the token up.
   * @throws CampusError `join_token_unknown`, `join_token_used`, `join_token_expired`, `already_exists`, `request_invalid`, `rate_limited`;
   * those about tokens are audited
   */
  async join({ secret, request, unverified, ...names }: JoinRequest, address: string): Promise<JoinAnswer> {
    const { registry, certifier, site, mqttsPort, now } = this.#options;
    this.#refusals.throttled(address);
    const asking = { address, target: `${site}/${names.device ?? names.host_name}` };
    const token = this.#usable(secret, asking);
    const device = names.device ?? token.device ?? names.host_name;
    const who = { address, target: `${site}/${device}` };
    this.#mayBe(device, token, who);
    const owner = { kind: 'device', site, device } as const;
    const before = registry.credentials.get(usernameOf(owner));
    // The certificate names the version that the account will have; it is handed out only if that is so in the end.
    const account = { createdAt: before?.createdAt ?? now(), version: (before?.version ?? 0) + 1 };
    const certificate = await certifier.certify(device, request, account).catch((error: unknown) => {
      // Whoever holds a token could have certificates tried for ever with requests that are none.
      if (error instanceof CampusError && error.code === 'request_invalid') this.#refusals.count(address);
      throw error;
    });
    const isUsed = inTransaction(registry.db, () => {
      if (!registry.joinTokens.use(token.id, usernameOf(owner), now())) return false;
      const at = before === undefined ? account.createdAt : now();
      registry.credentials.put(owner, { hash: '', replace: true, now: at });
      if (registry.credentials.get(usernameOf(owner))?.version !== account.version) {
        throw new CampusError('state_conflict', `${site}/${device} was changed meanwhile: try again`);
      }
      certifier.issued(certificate, usernameOf(owner), account.version);
      return true;
    });
    // Of two that come with one token at once, the later one is told what the other has done.
    if (!isUsed) this.#usable(secret, who);
    this.#refusals.succeeded(address);
    if (unverified !== undefined) registry.audit.record(impostorReport(unverified, { address, device: who.target }));
    // Who made it is told by the row about that, where the name can be erased.
    const detail = `token ${token.id}`;
    registry.audit.record({ actor: `device:${who.target}`, address, action: 'device.join', ...outcome(who, detail) });
    return { site, device, certificate, mqtts_port: mqttsPort };
  }

  /** Whether a token lets a device have this name. @throws CampusError `request_invalid`, `join_token_unknown`, `already_exists` */
  #mayBe(device: string, token: JoinToken, who: { address: string; target: string }): void {
    if (!isDeviceId(device)) {
      throw new CampusError('request_invalid', `device: expected no reserved name, got ${device}`);
    }
    if (token.device === device) return;
    if (token.device !== undefined) {
      throw this.#refusals.refused('device.join', who, {
        ...{ code: 'join_token_unknown', message: `the token is for ${token.device}` },
        noted: `token ${token.id} is for another device`,
      });
    }
    const account = this.#options.registry.credentials.get(who.target);
    if (account === undefined || account.revokedAt !== undefined) return;
    throw new CampusError(
      'already_exists',
      `${who.target} is there already: choose another name, or make a token for it (join-token create --device ${device})`,
    );
  }

  /** @throws CampusError of `DeviceProofs.check` */
  prove(proof: DeviceProof): ProvenDevice {
    return this.#proofs.check(proof);
  }

  /** Refuses what a device asks for that has proved who it is. @returns what to throw */
  refuse(...refusal: Parameters<Refusals['refused']>): CampusError {
    return this.#refusals.refused(...refusal);
  }

  /**
   * Gives a device a new certificate for a new key.
   * @throws CampusError `certificate_expired`, `certificate_unknown`, `certificate_revoked`, audited; `request_invalid`
   */
  async renew({ certificate, request, signature }: RenewalRequest, address: string): Promise<RenewalAnswer> {
    const { certifier, registry } = this.#options;
    const { device, site, username } = this.prove({
      ...{ certificate, text: request, signature, address, action: 'device.renew' },
    });
    const credential = registry.credentials.get(username);
    if (credential === undefined) throw new CampusError('not_found', 'there is no such device');
    this.#mayRenew(username);
    const made = await certifier.certify(device, request, credential);
    certifier.issued(made, username, credential.version);
    const who = { address, target: `${site}/${device}` };
    registry.audit.record({ actor: `device:${who.target}`, address, action: 'device.renew', ...outcome(who, '') });
    return { certificate: made };
  }

  /** Counts a renewal, whatever becomes of it. @throws CampusError `rate_limited` for a device that has renewed some times within the hour */
  #mayRenew(username: string): void {
    const now = this.#options.now();
    const wait = this.#renewals.waitMs(username, now);
    if (wait > 0) throw new Throttled(Math.ceil(wait / 1000));
    this.#renewals.begin(username, now);
  }

  /** The token with this secret, while it lets a device in. */
  #usable(secret: string, who: { address: string; target: string }): JoinToken {
    const { registry, now } = this.#options;
    const token = registry.joinTokens.find(secret);
    if (token === undefined) {
      throw this.#refusals.refused('device.join', who, {
        code: 'join_token_unknown',
        message: 'there is no such token',
      });
    }
    if (token.usedAt !== undefined) {
      throw this.#refusals.refused('device.join', who, {
        ...{ code: 'join_token_used', message: `token ${token.id} let ${token.usedBy} in already` },
        noted: `token ${token.id} let a device in already`,
      });
    }
    if (token.expiresAt <= now()) {
      const since = new Date(token.expiresAt).toISOString();
      const message = `token ${token.id} expired at ${since}`;
      throw this.#refusals.refused('device.join', who, { code: 'join_token_expired', message });
    }
    return token;
  }
}

function outcome({ target }: { target: string }, detail: string): { target: string; outcome: 'ok'; detail: string } {
  return { target, outcome: 'ok', detail };
}
