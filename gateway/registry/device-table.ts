import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { DeviceState } from '../../contract/state.ts';
import { integer, optionalInteger, type Row, text } from './row.ts';
import { inTransaction } from './transaction.ts';

/** What the registry keeps of a device over a restart. Times are ms. */
export interface DeviceRecord {
  readonly site: string;
  readonly device: string;
  readonly firstSeen: number;
  lastSeen: number;
  /** As it was found last, and since when by the gateway's clock. */
  online: boolean;
  since: number;
  state: DeviceState | undefined;
}

/** The table `devices`. */
export class DeviceTable {
  readonly #db: DatabaseSync;
  readonly #save: StatementSync;
  readonly #erase: StatementSync;

  constructor(db: DatabaseSync) {
    this.#db = db;
    this.#erase = db.prepare('DELETE FROM devices WHERE site = ? AND device = ?');
    this.#save = db.prepare('INSERT OR REPLACE INTO devices VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)');
  }

  all(): DeviceRecord[] {
    return this.#db.prepare('SELECT * FROM devices ORDER BY site, device').all().map(fromRow);
  }

  erase(site: string, device: string): void {
    this.#erase.run(site, device);
  }

  /** Writes devices in one transaction. */
  save(records: Iterable<DeviceRecord>): void {
    inTransaction(this.#db, () => {
      for (const { site, device, firstSeen, lastSeen, online, since, state } of records) {
        this.#save.run(site, device, firstSeen, lastSeen, Number(online), since, ...stateColumns(state));
      }
    });
  }
}

function stateColumns(state: DeviceState | undefined): (string | number | null)[] {
  if (state === undefined) return [null, null, null, null, null];
  const planned = state.planned === undefined ? null : Number(state.planned);
  return [Number(state.online), state.since, state.boot, state.version, planned];
}

function fromRow(row: Row): DeviceRecord {
  return {
    site: text(row, 'site'),
    device: text(row, 'device'),
    firstSeen: integer(row, 'first_seen'),
    lastSeen: integer(row, 'last_seen'),
    online: integer(row, 'online') === 1,
    since: integer(row, 'since'),
    state: stateFrom(row),
  };
}

function stateFrom(row: Row): DeviceState | undefined {
  const online = optionalInteger(row, 'state_online');
  if (online === undefined) return undefined;
  const planned = optionalInteger(row, 'state_planned');
  return {
    online: online === 1,
    since: integer(row, 'state_since'),
    boot: text(row, 'state_boot'),
    version: text(row, 'state_version'),
    ...(planned === undefined ? {} : { planned: planned === 1 }),
  };
}
