import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from '../../runtime/log.ts';
import type { Audit, HashedRow } from '../registry/audit.ts';
import { auditMessage, type Sender } from './audit-message.ts';
import type { Link } from './link.ts';

/** How often new rows are looked for, ms. */
const LOOK_MS = 1000;
/** A server that is away is tried again after this, doubling to the maximum, ms. */
const RETRY_MS = 1000;
const RETRY_MAX_MS = 60_000;
/** Rows sent in one go. */
const BATCH_ROWS = 200;
/**
 * Syslog has no acknowledgement: what was sent counts when the connection stands so much later. After a failure it is sent again, so a row
 * may come twice, with the same `externalId`.
 */
export const SETTLED_MS = 5000;

export interface SyslogExportOptions {
  audit: Pick<Audit, 'after' | 'anchor' | 'names'>;
  /** Row that was sent last, kept over a restart. */
  position: { read: () => number; write: (row: number) => void };
  connect: () => Promise<Link>;
  /** True to send names instead of pseudonyms. */
  names: boolean;
  sender: Sender;
  /** Told how many rows were deleted before the server took them. */
  lost: (rows: number) => void;
  log: Logger;
  /** A clock that nobody sets, ms. */
  monotonicMs: () => number;
}

/**
 * Sends the audit log to a syslog server. The log itself is the queue: rows wait for as long as they are kept, and the position is saved, so
 * an outage of the server loses nothing within 400 days; what it does lose is counted.
 */
export class SyslogExport {
  readonly #options: SyslogExportOptions;
  readonly #stopping = new AbortController();
  #link: Link | undefined;
  #sent = 0;
  #settled: { row: number; at: number } | undefined;
  #retryMs = RETRY_MS;
  #away = false;

  constructor(options: SyslogExportOptions) {
    this.#options = options;
  }

  /** Begins to send. Returns how to stop, which resolves when nothing is under way any more. */
  start(): () => Promise<void> {
    const running = this.#run();
    return async () => {
      this.#stopping.abort();
      this.#link?.close();
      await running;
    };
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      let wait = LOOK_MS;
      try {
        wait = (await this.#round()) ? 0 : LOOK_MS;
      } catch (error) {
        if (signal.aborted) return;
        wait = this.#failed(error);
      }
      // Ends early when it is to stop.
      await delay(wait, undefined, { signal }).catch(() => undefined);
    }
  }

  /** Sends what there is, up to a batch. True when there may be more. */
  async #round(): Promise<boolean> {
    const link = await this.#connected();
    this.#settle();
    this.#skipDeleted();
    const rows = this.#options.audit.after(this.#sent, BATCH_ROWS);
    for (const row of rows) {
      await link.send(auditMessage(this.#named(row), this.#options.sender));
      this.#sent = row.id;
    }
    return rows.length === BATCH_ROWS;
  }

  async #connected(): Promise<Link> {
    if (this.#link?.open === true) return this.#link;
    this.#link?.close();
    this.#link = undefined;
    this.#link = await this.#options.connect();
    this.#sent = this.#options.position.read();
    this.#settled = undefined;
    this.#retryMs = RETRY_MS;
    if (this.#away) this.#options.log.info('the syslog server is back');
    this.#away = false;
    return this.#link;
  }

  /** Saves the position of what was sent a while ago on a connection that still stands. */
  #settle(): void {
    const now = this.#options.monotonicMs();
    if (this.#settled !== undefined && now - this.#settled.at >= SETTLED_MS) {
      if (this.#settled.row > this.#options.position.read()) this.#options.position.write(this.#settled.row);
      this.#settled = undefined;
    }
    this.#settled ??= { row: this.#sent, at: now };
  }

  #skipDeleted(): void {
    const { audit, lost, log, position } = this.#options;
    const { id } = audit.anchor();
    if (id <= this.#sent) return;
    // A server that is new gets what there is: nothing was lost on the way to it.
    if (this.#sent > 0) {
      lost(id - this.#sent);
      log.error({ rows: id - this.#sent }, 'rows of the audit log became too old before the syslog server took them');
    }
    this.#sent = id;
    position.write(id);
  }

  #failed(error: unknown): number {
    this.#link?.close();
    this.#link = undefined;
    if (!this.#away) this.#options.log.error({ err: error }, 'the syslog server is away; rows of the audit log wait');
    this.#away = true;
    const wait = this.#retryMs;
    this.#retryMs = Math.min(2 * this.#retryMs, RETRY_MAX_MS);
    return wait;
  }

  #named(row: HashedRow): HashedRow & { actorName?: string; targetName?: string } {
    const { names, audit } = this.#options;
    return names ? { ...row, actorName: audit.names.show(row.actor), targetName: audit.names.show(row.target) } : row;
  }
}
