import type { DatabaseSync } from 'node:sqlite';
import { integer, text } from './row.ts';

/** Bytes of events, of one device and those of them that may make room for newer ones. */
interface Usage {
  total: number;
  operational: number;
}

/** What the events of each device take on the disk, counted along so that nobody has to add them up for every new one. */
export class EventUsage {
  readonly #devices = new Map<string, Usage>();
  #total = 0;

  constructor(db: DatabaseSync) {
    const rows = db
      .prepare('SELECT site, device, security, SUM(bytes) AS bytes FROM events GROUP BY site, device, security')
      .all();
    for (const row of rows) {
      this.add(`${text(row, 'site')}/${text(row, 'device')}`, integer(row, 'security') === 1, integer(row, 'bytes'));
    }
  }

  get total(): number {
    return this.#total;
  }

  /** @param device `{site}/{device}` */
  of(device: string): number {
    return this.#devices.get(device)?.total ?? 0;
  }

  /** Counts an event, or with negative bytes one that was deleted. */
  add(device: string, security: boolean, bytes: number): void {
    const usage = this.#devices.get(device) ?? { total: 0, operational: 0 };
    usage.total += bytes;
    if (!security) usage.operational += bytes;
    this.#total += bytes;
    if (usage.total > 0) this.#devices.set(device, usage);
    else this.#devices.delete(device);
  }

  /** The device with the most bytes that may go; undefined when no event may. */
  heaviest(): string | undefined {
    let heaviest: string | undefined;
    let most = 0;
    for (const [device, { operational }] of this.#devices) {
      if (operational > most) [heaviest, most] = [device, operational];
    }
    return heaviest;
  }
}
