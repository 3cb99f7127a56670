import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { Check } from '#typebox/value';
import { securityClasses } from '../../contract/classification.ts';
import { DeviceEvent } from '../../contract/event.ts';
import { EventUsage } from './event-usage.ts';
import { integer, type Row, text } from './row.ts';

/** Security logs are kept for at least six months (≥ 185 days); these a little longer, so that a report about six months is whole. */
export const EVENT_LIFE_MS = 200 * 24 * 3600 * 1000;

export interface EventBounds {
  /** Bytes of all events. */
  total: number;
  /** Bytes of one device's. */
  device: number;
}

/** A device gone wild must fill neither the disk nor the others' share; a healthy one stays below a hundredth of its own for years. */
export const eventBounds: EventBounds = { total: 512 * 1024 * 1024, device: 8 * 1024 * 1024 };

/** What a row takes beside its body: its other columns and its place in the indices. */
const ROW_BYTES = 256;
/** Rows that make room at once, so that a full share is not cleared for each event anew. */
const EVICTED_AT_ONCE = 64;
/** Bodies of one page of the list: enough for a screen of any client, and soon sent. */
export const PAGE_BYTES = 1024 * 1024;

export interface StoredEvent {
  id: number;
  /** ms */
  receivedAt: number;
  site: string;
  device: string;
  event: DeviceEvent;
}

export interface EventQuery {
  /** Rows older than this id. */
  before?: number | undefined;
  limit: number;
  site?: string | undefined;
  device?: string | undefined;
}

/** `full`: there is no room that may be made; security events within their time make none. */
export type EventOutcome = 'kept' | 'duplicate' | 'full';

/**
 * The table `events`: what devices have told. Where room is short, the oldest operational events go, first those of the device that needs
 * it; security events stay for their time, so that nobody can flood the traces of an attack away.
 */
export class Events {
  readonly #bounds: EventBounds;
  readonly #usage: EventUsage;
  readonly #has: StatementSync;
  readonly #add: StatementSync;
  readonly #evict: StatementSync;
  readonly #list: StatementSync;
  readonly #eraseText: StatementSync;
  readonly #eraseDevice: StatementSync;
  readonly #prune: StatementSync;

  constructor(db: DatabaseSync, bounds: EventBounds = eventBounds) {
    this.#bounds = bounds;
    this.#usage = new EventUsage(db);
    this.#has = db.prepare('SELECT 1 FROM events WHERE site = ? AND device = ? AND boot = ? AND seq = ?');
    this.#add = db.prepare(`
      INSERT INTO events (received_at, site, device, boot, seq, body, security, bytes)
      VALUES ($now, $site, $device, $boot, $seq, $body, $security, $bytes)`);
    this.#evict = db.prepare(`
      DELETE FROM events WHERE id IN
        (SELECT id FROM events WHERE site = $site AND device = $device AND security = 0 ORDER BY id LIMIT $rows)
      RETURNING site, device, security, bytes`);
    this.#list = db.prepare(`
      SELECT * FROM events
      WHERE id < $before AND ($site IS NULL OR site = $site) AND ($device IS NULL OR device = $device)
      ORDER BY id DESC LIMIT $limit`);
    const deleted = 'RETURNING site, device, security, bytes';
    this.#eraseText = db.prepare(`DELETE FROM events WHERE instr(body, ?) > 0 ${deleted}`);
    this.#eraseDevice = db.prepare(`DELETE FROM events WHERE site = ? AND device = ? ${deleted}`);
    this.#prune = db.prepare('DELETE FROM events WHERE received_at < ? RETURNING site, device, security, bytes');
  }

  /**
   * Keeps an event. One that a device has numbered (boot, seq) is kept once.
   * @param ownShare false for what the gateway says about a device, which must have room when the device's share has none
   */
  add(site: string, device: string, event: DeviceEvent, now: number, ownShare = true): EventOutcome {
    const { boot, seq } = event;
    if (boot !== undefined && seq !== undefined && this.#has.get(site, device, boot, seq) !== undefined)
      return 'duplicate';
    const key = `${site}/${device}`;
    const security = securityClasses.has(event.class);
    const body = JSON.stringify(event);
    const bytes = Buffer.byteLength(body) + ROW_BYTES;
    if (
      ownShare &&
      !this.#makeRoom(
        () => this.#usage.of(key) + bytes <= this.#bounds.device,
        () => key,
      )
    )
      return 'full';
    if (
      !this.#makeRoom(
        () => this.#usage.total + bytes <= this.#bounds.total,
        () => this.#usage.heaviest(),
      )
    )
      return 'full';
    this.#add.run({
      ...{ $now: now, $site: site, $device: device, $boot: boot ?? null, $seq: seq ?? null },
      ...{ $body: body, $security: Number(security), $bytes: bytes },
    });
    this.#usage.add(key, security, bytes);
    return 'kept';
  }

  /** Deletes a device's events, or those with a text in them. Returns how many. */
  erase(subject: { site: string; device: string } | { text: string }): number {
    const gone =
      'text' in subject ? this.#eraseText.all(subject.text) : this.#eraseDevice.all(subject.site, subject.device);
    this.#forget(gone);
    return gone.length;
  }

  /** Newest first: as many as `limit` and `PAGE_BYTES` allow. `more` tells whether older ones follow. */
  list({ before, limit, site, device }: EventQuery): { rows: StoredEvent[]; more: boolean } {
    const found = this.#list.iterate({
      $before: before ?? Number.MAX_SAFE_INTEGER,
      $limit: limit + 1,
      $site: site ?? null,
      $device: device ?? null,
    });
    const rows: StoredEvent[] = [];
    let bytes = 0;
    for (const row of found) {
      bytes += integer(row, 'bytes');
      if (rows.length >= limit || (rows.length > 0 && bytes > PAGE_BYTES)) return { rows, more: true };
      rows.push(fromRow(row));
    }
    return { rows, more: false };
  }

  /** Deletes the events that are older than 200 days. */
  prune(now: number): void {
    this.#forget(this.#prune.all(now - EVENT_LIFE_MS));
  }

  /** Deletes the oldest operational events of the devices that `from` names until there is room; false when there is nothing more to delete. */
  #makeRoom(fits: () => boolean, from: () => string | undefined): boolean {
    while (!fits()) {
      const [site, device] = from()?.split('/') ?? [];
      if (site === undefined || device === undefined) return false;
      const evicted = this.#evict.all({ $site: site, $device: device, $rows: EVICTED_AT_ONCE });
      if (evicted.length === 0) return false;
      this.#forget(evicted);
    }
    return true;
  }

  #forget(deleted: readonly Row[]): void {
    for (const row of deleted) {
      this.#usage.add(
        `${text(row, 'site')}/${text(row, 'device')}`,
        integer(row, 'security') === 1,
        -integer(row, 'bytes'),
      );
    }
  }
}

function fromRow(row: Row): StoredEvent {
  const event: unknown = JSON.parse(text(row, 'body'));
  if (!Check(DeviceEvent, event))
    throw new TypeError(`event ${integer(row, 'id')}: the stored body does not have its shape`);
  return {
    id: integer(row, 'id'),
    receivedAt: integer(row, 'received_at'),
    site: text(row, 'site'),
    device: text(row, 'device'),
    event,
  };
}
