import { createHash } from 'node:crypto';
import { CampusError } from '../../contract/errors.ts';
import { isThroughputResult } from '../../contract/reply.ts';
import type { Logger } from '../../runtime/log.ts';
import type { Commands } from '../commands/commands.ts';
import type { CommandRecord, CommandTable } from '../registry/command-table.ts';
import type { Device, Devices } from '../registry/devices.ts';
import { type NightWindow, parseNightWindow, windowMinutes, windowStart } from './night-window.ts';
import type { ThroughputConfig } from './throughput-config.ts';
import { measurementMaxBytes } from './throughput-kind.ts';

const LOOK_EVERY_MS = 30_000;
const DAY_MS = 24 * 3600 * 1000;
/** Devices that are looked at: more than a school has. */
const DEVICES_MAX = 10_000;

export interface NightlyOptions {
  site: string;
  config: ThroughputConfig;
  commands: Pick<Commands, 'request' | 'hasActive'>;
  table: Pick<CommandTable, 'since'>;
  devices: Pick<Devices, 'list'>;
  log: Logger;
  /** Wall clock, ms. */
  now: () => number;
}

/**
 * Measures every device once in each window, at a moment of its own that is the same each night, one after another. What is busy, offline or
 * has carried its bytes is left out; of what could not be measured the next night has another try.
 */
export class Nightly {
  readonly #options: NightlyOptions;
  readonly #window: NightWindow | undefined;

  constructor(options: NightlyOptions) {
    this.#options = options;
    const { window } = options.config.schedule;
    this.#window = window === undefined || !options.config.enabled ? undefined : parseNightWindow(window);
  }

  /** Starts looking, where there is a schedule. Returns how to stop it. */
  start(): () => void {
    if (this.#window === undefined) return () => undefined;
    const timer = setInterval(() => {
      try {
        this.look();
      } catch (error) {
        this.#options.log.error({ err: error }, 'the schedule of throughput has to wait');
      }
    }, LOOK_EVERY_MS);
    return () => clearInterval(timer);
  }

  /** Asks the next device that is due, unless one still measures. */
  look(): void {
    const { commands, devices, site, now } = this.#options;
    const began = this.#window === undefined ? undefined : windowStart(this.#window, now());
    if (began === undefined || commands.hasActive('schedule')) return;
    for (const device of devices.list({ site, limit: DEVICES_MAX })) {
      if (this.#isDue(device, began) && this.#ask(device)) return;
    }
  }

  #isDue({ site, device, online, state }: Device, began: number): boolean {
    const { table, config, now } = this.#options;
    if (!online || state === undefined || this.#window === undefined) return false;
    if (now() < began + share(device) * windowMinutes(this.#window) * 60_000) return false;
    const scheduled = table.since(site, device, now() - DAY_MS).filter(({ origin }) => origin === 'schedule');
    if (scheduled.some(({ createdAt }) => createdAt >= began)) return false;
    const carried = scheduled.reduce((sum, record) => sum + bytesOf(record), 0);
    return carried + measurementMaxBytes(config) <= config.schedule.bytes_per_day;
  }

  #ask({ site, device }: Device): boolean {
    try {
      this.#options.commands.request({ site, device, command: 'throughput', choice: {}, origin: 'schedule' });
      return true;
    } catch (error) {
      // Busy just now, or the gateway's own machine: others go on.
      if (error instanceof CampusError) return false;
      throw error;
    }
  }
}

/** Where in the window a device has its moment, 0 to 0.9: those at the end still have time to wait for one another. */
function share(device: string): number {
  return (createHash('sha256').update(device).digest().readUInt32BE(0) / 2 ** 32) * 0.9;
}

function bytesOf({ result }: CommandRecord): number {
  if (result === undefined || !isThroughputResult(result)) return 0;
  return result.legs.reduce((sum, { bytes = 0 }) => sum + bytes, 0);
}
