import { CampusError } from '../../contract/errors.ts';
import {
  SELF_REQUEST_LIFE_MS,
  type SelfCommandRequest,
  type SelfInquiry,
  selfCommandText,
  selfInquiryText,
} from '../../contract/self-command.ts';
import { RateLimits } from '../http/rate-limits.ts';
import type { ProvenDevice } from '../join/device-proof.ts';
import type { Joining } from '../join/joining.ts';
import type { Registry } from '../registry/registry.ts';
import type { CommandStatus } from './command-status.ts';
import type { Commands } from './commands.ts';

/** Requests remembered, so that none serves twice: as many as come within their life from a thousand devices, each as fast as it may. */
const REMEMBERED_MAX = 100_000;

export interface SelfCommandsOptions {
  joining: Pick<Joining, 'prove' | 'refuse'>;
  commands: Pick<Commands, 'request' | 'get' | 'withdraw'>;
  audit: Pick<Registry['audit'], 'record'>;
  /** Wall clock, ms. */
  now: () => number;
  /** Milliseconds of a clock that nobody sets. */
  monotonicMs: () => number;
}

/** Devices that ask for a command to themselves, by what they sign with the key of their certificate. None can ask anything of another. */
export class SelfCommands {
  readonly #options: SelfCommandsOptions;
  readonly #rates: RateLimits;
  /** What was heard, by its device and text, with the time from which it would be too old anyway; the oldest first. */
  readonly #heard = new Map<string, number>();

  constructor(options: SelfCommandsOptions) {
    this.#options = options;
    this.#rates = new RateLimits(options.monotonicMs);
  }

  /**
   * Has the device that asks carry a command out, at once or when its turn comes.
   * @throws CampusError of `DeviceProofs.check`; `request_stale`, audited; `rate_limited`; of `Commands.request`
   */
  ask(request: SelfCommandRequest, address: string): CommandStatus {
    const { commands, audit } = this.#options;
    const { command, arguments: choice = {} } = request;
    const action = `device.command.${command}`;
    const text = selfCommandText(request);
    const device = this.#known(request, { text, address, action });
    const key = `${device.username}\n${text}`;
    if (this.#heard.has(key)) throw this.#stale(device, { address, action }, 'the request came before');
    this.#rates.take('costly', device.username);
    this.#remember(key);
    const status = commands.request({ site: device.site, device: device.device, command, choice, origin: 'device' });
    const target = `${device.site}/${device.device}`;
    audit.record({ actor: `device:${target}`, address, action, target, outcome: 'ok', detail: status.id });
    return status;
  }

  /**
   * How far a command of the device that asks is; with `withdraw` it ends, if it still waits. Asking twice changes nothing.
   * @throws CampusError of `DeviceProofs.check`; `request_stale`, audited; `rate_limited`; `not_found`
   */
  inquire(inquiry: SelfInquiry, id: string, address: string): CommandStatus {
    const { commands } = this.#options;
    const text = selfInquiryText(inquiry, id);
    const device = this.#known(inquiry, { text, address, action: 'device.command.inquire' });
    this.#rates.take('read', device.username);
    const key = { site: device.site, device: device.device };
    const status = inquiry.action === 'withdraw' ? commands.withdraw(key, id) : commands.get(key, id);
    if (status === undefined) {
      throw new CampusError('not_found', `expected the id of a command to ${device.device}, got another`);
    }
    return status;
  }

  /** Who has signed a request lately. */
  #known(
    { certificate, signature, time }: Pick<SelfInquiry, 'certificate' | 'signature' | 'time'>,
    { text, address, action }: { text: string; address: string; action: string },
  ): ProvenDevice {
    const { joining, now } = this.#options;
    const device = joining.prove({ certificate, text, signature, address, action });
    const differenceMs = time - now();
    if (Math.abs(differenceMs) <= SELF_REQUEST_LIFE_MS) return device;
    const seconds = Math.round(differenceMs / 1000);
    const fault = `expected the gateway's time within ${SELF_REQUEST_LIFE_MS / 1000} s, got one ${seconds} s from it`;
    throw this.#stale(device, { address, action }, fault);
  }

  #stale({ site, device }: ProvenDevice, asked: { address: string; action: string }, message: string): CampusError {
    const who = { address: asked.address, target: `${site}/${device}` };
    return this.#options.joining.refuse(asked.action, who, { code: 'request_stale', message });
  }

  #remember(key: string): void {
    const now = this.#options.now();
    for (const [oldest, until] of this.#heard) {
      if (until > now && this.#heard.size < REMEMBERED_MAX) break;
      this.#heard.delete(oldest);
    }
    // A request from a clock that goes before counts for twice its life.
    this.#heard.set(key, now + 2 * SELF_REQUEST_LIFE_MS);
  }
}
