import { randomBytes } from 'node:crypto';
import { CampusError } from '../../contract/errors.ts';
import { isDeviceId, isId } from '../../contract/ids.ts';
import { type AccountOwner, type Credentials, usernameOf } from '../registry/credentials.ts';
import { hashSecret } from './password-hash.ts';

/** 192 random bits: 32 characters of base64url. */
const SECRET_BYTES = 24;

/** A new MQTT account. The password is told this once and kept as its hash only. */
export interface DeviceAccess {
  site: string;
  username: string;
  password: string;
}

/** Gives MQTT accounts and takes them away. */
export class DeviceAccounts {
  readonly #credentials: Credentials;
  readonly #now: () => number;

  constructor({ credentials, now }: { credentials: Credentials; now: () => number }) {
    this.#credentials = credentials;
    this.#now = now;
  }

  /**
   * Gives a device an account, or with `rotate` a new password.
   * @throws CampusError `request_invalid` for an id that is none, `already_exists` without `rotate`
   */
  addDevice({
    site,
    device,
    rotate = false,
  }: {
    site: string;
    device: string;
    rotate?: boolean;
  }): Promise<DeviceAccess> {
    checkSite(site);
    if (!isDeviceId(device)) {
      throw new CampusError(
        'request_invalid',
        `device: expected 1 to 63 of a-z, 0-9 and -, and no reserved name, got ${JSON.stringify(device)}`,
      );
    }
    return this.#put({ kind: 'device', site, device }, rotate);
  }

  /** Gives the flows process of a site its account, or a new password. */
  addFlows(site: string): Promise<DeviceAccess> {
    checkSite(site);
    return this.#put({ kind: 'flows', site }, true);
  }

  /** Takes an account away; its connections end as soon as the gateway notices. @throws CampusError `not_found` */
  revokeDevice({ site, device }: { site: string; device: string }): void {
    const username = usernameOf({ kind: 'device', site, device });
    if (this.#credentials.revoke(username, this.#now())) return;
    throw new CampusError('not_found', `expected a device that has an account, got ${JSON.stringify(username)}`);
  }

  async #put(owner: AccountOwner, replace: boolean): Promise<DeviceAccess> {
    const username = usernameOf(owner);
    const password = randomBytes(SECRET_BYTES).toString('base64url');
    const hash = hashSecret(password);
    if (this.#credentials.put(owner, { hash, replace, now: this.#now() }))
      return { site: owner.site, username, password };
    throw new CampusError('already_exists', `${username} has an account already: rotate it for a new password`);
  }
}

function checkSite(site: string): void {
  if (!isId(site))
    throw new CampusError('request_invalid', `site: expected 1 to 63 of a-z, 0-9 and -, got ${JSON.stringify(site)}`);
}
