import type { DatabaseSync } from 'node:sqlite';
import type { DeviceState } from '../../contract/state.ts';
import { TokenBucket } from '../broker/token-bucket.ts';
import { type DeviceRecord, DeviceTable } from './device-table.ts';
import { isPresent } from './presence.ts';

/** A device as the gateway knows it. Times are ms. */
export type Device = Readonly<DeviceRecord>;

/** A device's name: ids are unique within a site. */
export interface DeviceKey {
  site: string;
  device: string;
}

/** Changes of one device that are written at once: a cable that is plugged in and out. More of them, as of a flood, wait for the next `flush`. */
const SAVES = { perSecond: 1, burst: 20 } as const;

export type DeviceListener = (device: Device) => void;

interface Known extends DeviceRecord {
  /** It has been heard of since the gateway started. Until then nobody knows whether its last state still holds. */
  confirmed: boolean;
  /** What may be written of it at once; made with its first change. */
  saves?: TokenBucket;
}

/**
 * The devices that have reported, in memory for the hot path and in SQLite for the next start. A change of what people see is written at
 * once; the time of the last message is written by `flush`.
 */
export class Devices {
  readonly #table: DeviceTable;
  readonly #known: Map<string, Known>;
  readonly #connections = new Map<string, number>();
  readonly #unsaved = new Set<Known>();
  readonly #listeners = new Set<DeviceListener>();
  #sorted: readonly Known[] | undefined;

  constructor(db: DatabaseSync) {
    this.#table = new DeviceTable(db);
    this.#known = new Map(this.#table.all().map((record) => [keyOf(record), { ...record, confirmed: false }]));
  }

  /** Notes a message of a device. Called for every one of them. Returns true when the device is new. */
  seen(site: string, device: string, now: number): boolean {
    const known = this.#known.get(`${site}/${device}`);
    if (known === undefined) {
      this.#learn({ site, device }, now);
      return true;
    }
    known.lastSeen = now;
    this.#unsaved.add(known);
    if (!known.confirmed || !known.online) this.#confirm(known, now);
    return false;
  }

  /** Takes the state a device has published; undefined when it took its state back. */
  setState(site: string, device: string, state: DeviceState | undefined, now: number): void {
    const known = this.#known.get(`${site}/${device}`) ?? this.#learn({ site, device }, now);
    const before = known.state;
    known.state = state;
    // A will that says offline comes from the gateway itself: it does not tell that the device is there.
    if (state?.online === true) known.confirmed = true;
    if (!this.#review(known, now) && !sameState(before, state)) this.#changed(known, now);
  }

  /** Counts a device's connections up and down: call it once for each one that opens and once for each that ends. */
  setConnected(site: string, device: string, connected: boolean, now: number): void {
    const key = `${site}/${device}`;
    const count = Math.max(0, (this.#connections.get(key) ?? 0) + (connected ? 1 : -1));
    if (count === 0) this.#connections.delete(key);
    else this.#connections.set(key, count);
    const known = this.#known.get(key);
    if (known === undefined) return;
    if (connected) this.#confirm(known, now);
    else this.#review(known, now);
  }

  get(site: string, device: string): Device | undefined {
    const known = this.#known.get(`${site}/${device}`);
    return known === undefined ? undefined : view(known);
  }

  /** When any device was heard last, ms; 0 when none ever was. */
  lastHeard(): number {
    let last = 0;
    for (const { lastSeen } of this.#known.values()) last = Math.max(last, lastSeen);
    return last;
  }

  /** True when the device has ever reported. */
  has(site: string, device: string): boolean {
    return this.#known.has(`${site}/${device}`);
  }

  /** Devices by site and id. `after` is the last one of the page before. */
  list({ site, after, limit }: { site?: string; after?: DeviceKey; limit: number }): Device[] {
    this.#sorted ??= [...this.#known.values()].sort(compareKeys);
    return this.#sorted
      .filter(
        (known) =>
          (site === undefined || known.site === site) && (after === undefined || compareKeys(known, after) > 0),
      )
      .slice(0, limit)
      .map(view);
  }

  /**
   * Devices whose last state says online but that have not come back since the gateway started. Their will was lost with the gateway:
   * the caller publishes the offline state in their place.
   */
  unconfirmed(): DeviceKey[] {
    return [...this.#known.values()].flatMap(({ site, device, state, confirmed }) =>
      state?.online === true && !confirmed ? [{ site, device }] : [],
    );
  }

  /** Deletes what is known of a device. One that reports again is new. */
  erase(site: string, device: string): void {
    const known = this.#known.get(`${site}/${device}`);
    this.#table.erase(site, device);
    if (known === undefined) return;
    this.#known.delete(keyOf(known));
    this.#unsaved.delete(known);
    this.#sorted = undefined;
  }

  /** Calls `listener` when something that people see of a device changes, which a further message is not. Returns how to stop it. */
  onChange(listener: DeviceListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Writes what is not written yet and finds the devices that have fallen silent. For a timer of 30 s and for closing. */
  flush(now: number): void {
    for (const known of this.#known.values()) {
      if (known.state === undefined) this.#review(known, now);
    }
    if (this.#unsaved.size === 0) return;
    this.#table.save(this.#unsaved);
    this.#unsaved.clear();
  }

  #learn({ site, device }: DeviceKey, now: number): Known {
    const known: Known = {
      site,
      device,
      firstSeen: now,
      lastSeen: now,
      online: true,
      since: now,
      state: undefined,
      confirmed: true,
    };
    this.#known.set(keyOf(known), known);
    this.#sorted = undefined;
    this.#changed(known, now);
    return known;
  }

  /** The device was heard of: its last state holds again, and it may have come online. */
  #confirm(known: Known, now: number): void {
    const returns = !known.confirmed && known.online && known.state !== undefined;
    known.confirmed = true;
    if (!this.#review(known, now) && returns) this.#tell(known);
  }

  /** Finds out anew whether a device is online. Returns true when that changed and was told. */
  #review(known: Known, now: number): boolean {
    const connections = this.#connections.get(keyOf(known)) ?? 0;
    const online = isPresent({ state: known.state, connections, lastSeen: known.lastSeen }, now);
    if (online === known.online) return false;
    known.online = online;
    known.since = now;
    this.#changed(known, now);
    return true;
  }

  #changed(known: Known, now: number): void {
    // A full disk must not hide the change: it is told first, and written by the next `flush` that succeeds.
    this.#unsaved.add(known);
    this.#tell(known);
    known.saves ??= new TokenBucket(SAVES.perSecond, SAVES.burst, now);
    if (!known.saves.tryTake(now)) return;
    try {
      this.#table.save([known]);
      this.#unsaved.delete(known);
    } catch {
      // This runs inside the broker: what a full or locked disk refuses now stays unsaved, and `flush` tries again and reports.
    }
  }

  #tell(known: Known): void {
    if (this.#listeners.size === 0) return;
    const device = view(known);
    for (const listener of this.#listeners) listener(device);
  }
}

function keyOf({ site, device }: DeviceKey): string {
  return `${site}/${device}`;
}

function view({ confirmed, saves: _saves, ...record }: Known): Device {
  return { ...record, online: record.online && (confirmed || record.state === undefined) };
}

function compareKeys(a: DeviceKey, b: DeviceKey): number {
  if (a.site !== b.site) return a.site < b.site ? -1 : 1;
  if (a.device === b.device) return 0;
  return a.device < b.device ? -1 : 1;
}

function sameState(a: DeviceState | undefined, b: DeviceState | undefined): boolean {
  return a?.online === b?.online && a?.boot === b?.boot && a?.version === b?.version && a?.planned === b?.planned;
}
