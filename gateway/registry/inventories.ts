import { createHash } from 'node:crypto';
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { Check } from '#typebox/value';
import { Inventory } from '../../contract/inventory.ts';
import { parseMac } from '../../contract/mac-address.ts';
import { TokenBucket } from '../broker/token-bucket.ts';
import { text } from './row.ts';

/** Changes of one device that are written at once, and how many more an hour: disks and cables are not swapped more often. */
const CHANGES_AT_ONCE = 6;
const CHANGES_PER_HOUR = 6;

interface Written {
  /** Of what was written last, without what changes with every report. */
  digest: string;
  changes: TokenBucket;
}

/** `same`: nothing but the clock has changed. `too-often`: it was not kept. */
export type InventoryOutcome = 'kept' | 'same' | 'too-often';

/** The table `inventories`: what each device is made of, as it reported last when that changed. */
export class Inventories {
  readonly #put: StatementSync;
  readonly #get: StatementSync;
  readonly #erase: StatementSync;
  /** By `{site}/{device}`; as many as there are devices. */
  readonly #written = new Map<string, Written>();

  constructor(db: DatabaseSync) {
    this.#put = db.prepare('INSERT OR REPLACE INTO inventories VALUES (?, ?, ?, ?)');
    this.#erase = db.prepare('DELETE FROM inventories WHERE site = ? AND device = ?');
    this.#get = db.prepare('SELECT body FROM inventories WHERE site = ? AND device = ?');
  }

  /** Keeps an inventory that differs from the last one. A box reports the same every hour and at each connection. */
  put(site: string, device: string, inventory: Inventory, now: number): InventoryOutcome {
    const written = this.#writtenOf(site, device, now);
    const digest = digestOf(inventory);
    if (digest === written.digest) return 'same';
    if (!written.changes.tryTake(now)) return 'too-often';
    this.#put.run(site, device, now, JSON.stringify(inventory));
    written.digest = digest;
    return 'kept';
  }

  /** The device's inventory; undefined when it has reported none, or one that a former version's schema allowed. */
  get(site: string, device: string): Inventory | undefined {
    const row = this.#get.get(site, device);
    if (row === undefined) return undefined;
    const value: unknown = JSON.parse(text(row, 'body'));
    return Check(Inventory, value) ? value : undefined;
  }

  /** Deletes a device's inventory. */
  erase(site: string, device: string): void {
    this.#erase.run(site, device);
    this.#written.delete(`${site}/${device}`);
  }

  /** The MAC addresses of a device's own interfaces, 12 digits each. */
  macsOf(site: string, device: string): ReadonlySet<string> {
    const interfaces = this.get(site, device)?.interfaces ?? [];
    return new Set(interfaces.flatMap(({ mac }) => (mac === undefined ? [] : (parseMac(mac) ?? []))));
  }

  #writtenOf(site: string, device: string, now: number): Written {
    const key = `${site}/${device}`;
    const known = this.#written.get(key);
    if (known !== undefined) return known;
    const stored = this.get(site, device);
    const written: Written = {
      digest: stored === undefined ? '' : digestOf(stored),
      changes: new TokenBucket(CHANGES_PER_HOUR / 3600, CHANGES_AT_ONCE, now),
    };
    this.#written.set(key, written);
    return written;
  }
}

function digestOf({ general: { local_time: _time, uptime: _uptime, ...general }, ...rest }: Inventory): string {
  return createHash('sha256')
    .update(JSON.stringify([general, rest]))
    .digest('base64');
}
