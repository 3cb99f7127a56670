import type { DeviceState } from '../contract/state.ts';
import type { Access } from './access/access.ts';
import type { Alerts } from './alerts/alerts.ts';
import type { Broker } from './broker/broker.ts';
import type { Registry } from './registry/registry.ts';
import type { Retained } from './retained.ts';

export interface RevocationsOptions {
  registry: Pick<Registry, 'credentials' | 'devices'>;
  access: Pick<Access, 'authenticator'>;
  alerts: Alerts;
  broker: Broker;
  retained: Retained;
  /** Wall clock, ms. */
  now: () => number;
}

/**
 * Follows the accounts, which the console and the command line in another process change: a connection whose account is revoked or has a
 * new password ends, and a device that is revoked is away for good and on purpose, so nothing about it stays open.
 */
export class Revocations {
  readonly #options: RevocationsOptions;
  #revision: number | undefined;

  constructor(options: RevocationsOptions) {
    this.#options = options;
  }

  /** Does what has changed since the last call, the first time since ever; cheap when that is nothing. */
  apply(): void {
    const { registry, access, broker } = this.#options;
    const revision = registry.credentials.revision();
    if (revision === this.#revision) return;
    broker.disconnectIf((principal) => !access.authenticator.isCurrent(principal));
    for (const { owner, revokedAt } of registry.credentials.devices()) {
      if (owner.kind === 'device' && revokedAt !== undefined) this.#retire(owner.site, owner.device);
    }
    this.#revision = revision;
  }

  #retire(site: string, device: string): void {
    const { registry, alerts, retained, now } = this.#options;
    const state = registry.devices.get(site, device)?.state;
    if (state !== undefined && (state.online || state.planned !== true)) {
      const retired: DeviceState = { ...state, online: false, planned: true, since: now() };
      retained.setState({ site, device }, retired, now());
    }
    alerts.clearAll({ site, device }, now());
  }
}
