import { CampusError } from '../../contract/errors.ts';
import { addressRule, LoginThrottle, Throttled } from '../access/login-throttle.ts';
import { addressBlock } from '../access/network-address.ts';
import type { Registry } from '../registry/registry.ts';

/** Why a device is refused. */
export interface Fault {
  code: CampusError['code'];
  /** For whoever asks. */
  message: string;
  /** For the audit log, whose details never change, where the message names a device. */
  noted?: string;
}

/** Who asks, as far as that is known: from which address, and as which `site/device`. */
export interface Asking {
  address: string;
  target?: string;
}

/** Refuses devices: writes it down, and makes it harder to try again. Guessing is hopeless, but each attempt would be a row in the audit log. */
export class Refusals {
  readonly #throttle = new LoginThrottle(addressRule);
  readonly #audit: Pick<Registry['audit'], 'record'>;
  readonly #now: () => number;

  /** @param now wall clock, ms */
  constructor(audit: Pick<Registry['audit'], 'record'>, now: () => number) {
    this.#audit = audit;
    this.#now = now;
  }

  /** @throws CampusError `rate_limited` after some refusals in a row */
  throttled(address: string): void {
    const wait = this.#throttle.waitMs(addressBlock(address), this.#now());
    if (wait > 0) throw new Throttled(Math.ceil(wait / 1000));
  }

  /** Counts an attempt as a failed one. */
  count(address: string): void {
    this.#throttle.begin(addressBlock(address), this.#now());
  }

  /** The slate of an address is clean. */
  succeeded(address: string): void {
    this.#throttle.succeeded(addressBlock(address));
  }

  /** Writes a refusal down. @returns what to throw */
  refused(action: string, { address, target = '' }: Asking, { code, message, noted = message }: Fault): CampusError {
    this.count(address);
    const actor = target === '' ? 'anonymous' : `device:${target}`;
    this.#audit.record({ actor, address, action, target, outcome: 'refused', detail: `${code}: ${noted}` });
    return new CampusError(code, message);
  }
}
