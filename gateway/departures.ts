import type { DeviceKey } from './registry/devices.ts';

/**
 * Devices have this long to come back before they count as offline, after the gateway's start as after it sent them away. An agent
 * waits up to 37.5 s between two attempts (30 s and a quarter) and gives each 5 s; the rest is for a machine that is busy starting.
 */
export const RETURN_MS = 60_000;

/**
 * Devices whose connection the gateway itself has ended, and that have not come back yet. Their wills were withheld, so nobody else would
 * ever find out about one that meanwhile really went away.
 */
export class Departures {
  readonly #patienceMs: number;
  /** By `{site}/{device}`, when the connection ended, oldest first. */
  readonly #left = new Map<string, DeviceKey & { at: number }>();

  /** @param patienceMs how long a device may take to come back; more than the longest pause of an agent between two attempts */
  constructor(patienceMs: number) {
    this.#patienceMs = patienceMs;
  }

  left({ site, device }: DeviceKey, now: number): void {
    this.#left.delete(`${site}/${device}`);
    this.#left.set(`${site}/${device}`, { site, device, at: now });
  }

  returned({ site, device }: DeviceKey): void {
    this.#left.delete(`${site}/${device}`);
  }

  /** Takes out the devices that ought to be back and are not. */
  takeOverdue(now: number): DeviceKey[] {
    const overdue: DeviceKey[] = [];
    for (const [key, { site, device, at }] of this.#left) {
      if (now - at < this.#patienceMs) break;
      overdue.push({ site, device });
      this.#left.delete(key);
    }
    return overdue;
  }
}
