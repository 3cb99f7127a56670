import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { Check } from 'typebox/value';
import { DeviceEvent } from '../../contract/event.ts';
import { integer, type Row, text } from './row.ts';

/** Security logs are kept for at least six months (≥ 185 days); these a little longer, so that a report about six months is whole. */
export const EVENT_LIFE_MS = 200 * 24 * 3600 * 1000;
/** Rows kept at most, some 300 MB: a device gone wild must not fill the disk. At the rate of a healthy site they last for years. */
export const EVENTS_MAX = 500_000;

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

/** The table `events`: what devices have told. */
export class Events {
  readonly #add: StatementSync;
  readonly #trim: StatementSync;
  readonly #list: StatementSync;
  readonly #prune: StatementSync;

  constructor(db: DatabaseSync) {
    this.#add = db.prepare(`
      INSERT INTO events (received_at, site, device, boot, seq, body)
      VALUES ($now, $site, $device, $boot, $seq, $body) ON CONFLICT DO NOTHING`);
    this.#trim = db.prepare('DELETE FROM events WHERE id <= ?');
    this.#list = db.prepare(`
      SELECT * FROM events
      WHERE id < $before AND ($site IS NULL OR site = $site) AND ($device IS NULL OR device = $device)
      ORDER BY id DESC LIMIT $limit`);
    this.#prune = db.prepare('DELETE FROM events WHERE received_at < ?');
  }

  /** Keeps an event. False when this message of the device (boot, seq) was kept before. */
  add(site: string, device: string, event: DeviceEvent, now: number): boolean {
    const { changes, lastInsertRowid } = this.#add.run({
      $now: now,
      $site: site,
      $device: device,
      $boot: event.boot ?? null,
      $seq: event.seq ?? null,
      $body: JSON.stringify(event),
    });
    if (Number(changes) === 0) return false;
    this.#trim.run(Number(lastInsertRowid) - EVENTS_MAX);
    return true;
  }

  /** Newest first. */
  list({ before, limit, site, device }: EventQuery): StoredEvent[] {
    const rows = this.#list.all({
      $before: before ?? Number.MAX_SAFE_INTEGER,
      $limit: limit,
      $site: site ?? null,
      $device: device ?? null,
    });
    return rows.map(fromRow);
  }

  /** Deletes the events that are older than 200 days. */
  prune(now: number): void {
    this.#prune.run(now - EVENT_LIFE_MS);
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
