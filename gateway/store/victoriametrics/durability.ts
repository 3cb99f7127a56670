import { CampusError } from '../../../contract/errors.ts';
import type { Server } from '../server.ts';

/**
 * VictoriaMetrics has no write-ahead log: what it has acknowledged lies in memory for up to 10 s (measured on 1.79: killed 9 s after a
 * write it had lost everything, after 12 s nothing). After this time a batch is on the disk of a server that lives.
 */
export const SETTLE_MS = 20_000;
/** How often the server is asked whether it is still the one that took the batches. */
const ASK_MS = 5_000;

/** One run of the server: after a restart the one differs, or the other is lower than it was. */
interface Run {
  startedAt: number;
  rows: number;
}

interface Written {
  position: number;
  at: number;
}

/** Knows which batches are on the server's disk, and notices that the server died before one was. */
export class Durability {
  readonly #readRun: () => Promise<Run | undefined>;
  readonly #now: () => number;
  #pending: Written[] = [];
  /** What is known of the run that the pending batches were written to. */
  #run: Run | undefined;
  #rowsSince = 0;
  #askedAt = Number.NEGATIVE_INFINITY;
  #position = 0;
  /** False once it is clear that several servers answer in turn: nothing can be told from what each says of itself. */
  #isOne = true;

  /**
   * @param servers where the server may tell of itself at `/metrics`; one that does not, as in a cluster, is taken not to die
   * @param now a clock that never goes back, ms
   */
  constructor(servers: readonly Server[], now: () => number) {
    this.#readRun = () => readRun(servers);
    this.#now = now;
  }

  /** To be called before a write, whose loss could not be noticed otherwise. */
  async beforeWrite(): Promise<void> {
    if (this.#pending.length > 0) return;
    this.#run = await this.#readRun();
    this.#rowsSince = 0;
  }

  /** @param rows how many values were written */
  wrote(position: number, rows: number): void {
    this.#rowsSince += rows;
    this.#pending.push({ position, at: this.#now() });
  }

  /**
   * The highest position that is on the disk.
   * @throws CampusError `store_unavailable` when the server died since a pending batch was written; they are forgotten
   */
  async position(): Promise<number> {
    const settled = this.#pending.findLastIndex(({ at }) => at <= this.#now() - SETTLE_MS);
    if (settled < 0 || this.#now() - this.#askedAt < ASK_MS) return this.#position;
    this.#askedAt = this.#now();
    if (await this.#hasDied()) {
      this.#pending = [];
      throw new CampusError(
        'store_unavailable',
        'VictoriaMetrics was started anew before the last points were on its disk: they are written again',
      );
    }
    // After a failure a batch may have been written again, and so stand here twice.
    this.#position = Math.max(this.#position, ...this.#pending.slice(0, settled + 1).map(({ position }) => position));
    this.#pending = this.#pending.slice(settled + 1);
    return this.#position;
  }

  /** A write failed: a server that does not tell of itself may have died. */
  failed(): void {
    if (this.#run === undefined) this.#pending = [];
  }

  async #hasDied(): Promise<boolean> {
    const run = await this.#readRun();
    if (this.#run === undefined || run === undefined || !this.#isOne) return false;
    // No server starts before it started: this is another one, behind the same address.
    this.#isOne = run.startedAt >= this.#run.startedAt;
    if (!this.#isOne) return false;
    // A restart within the second in which the run began shows in its rows alone: they count from 0 again.
    return run.startedAt > this.#run.startedAt || run.rows < this.#run.rows + this.#rowsSince;
  }
}

/**
 * Reads `vm_app_start_timestamp 1795558425` and the lines `vm_rows_inserted_total{type="influx"} 2000` of a server that has a storage
 * (`vm_rows{type="storage/small"} 48`): vminsert knows nothing of the nodes behind it.
 */
async function readRun(servers: readonly Server[]): Promise<Run | undefined> {
  for (const server of servers) {
    const { body } = await server.text({ path: '/metrics', anyStatus: true });
    const startedAt = /^vm_app_start_timestamp (\d+)$/m.exec(body)?.[1];
    if (startedAt === undefined || !/^vm_rows\{type="storage\//m.test(body)) continue;
    const rows = [...body.matchAll(/^vm_rows_inserted_total\{[^}]*\} (\d+)$/gm)];
    return { startedAt: Number(startedAt), rows: rows.reduce((sum, [, count]) => sum + Number(count), 0) };
  }
  return undefined;
}
