import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { Check } from 'typebox/value';
import { Inventory } from '../../contract/inventory.ts';
import { text } from './row.ts';

/** The table `inventories`: what each device is made of, as it reported last. */
export class Inventories {
  readonly #put: StatementSync;
  readonly #get: StatementSync;

  constructor(db: DatabaseSync) {
    this.#put = db.prepare('INSERT OR REPLACE INTO inventories VALUES (?, ?, ?, ?)');
    this.#get = db.prepare('SELECT body FROM inventories WHERE site = ? AND device = ?');
  }

  put(site: string, device: string, inventory: Inventory, now: number): void {
    const body = JSON.stringify(inventory);
    // A box reports the same every hour, and one that floods must not fill the disk with one and the same.
    const row = this.#get.get(site, device);
    if (row === undefined || text(row, 'body') !== body) this.#put.run(site, device, now, body);
  }

  /** The device's inventory; undefined when it has reported none, or one that a former version's schema allowed. */
  get(site: string, device: string): Inventory | undefined {
    const row = this.#get.get(site, device);
    if (row === undefined) return undefined;
    const value: unknown = JSON.parse(text(row, 'body'));
    return Check(Inventory, value) ? value : undefined;
  }
}
