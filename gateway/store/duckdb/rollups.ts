import type { DuckDBConnection } from '@duckdb/node-api';
import type { Catalog, Table } from './catalog.ts';
import { rollback } from './rollback.ts';
import {
  addColumnSql,
  columnOfPart,
  createRollupSql,
  type Interval,
  type RollupTier,
  refreshSql,
  rollupTable,
  rollupTiers,
} from './rollup-sql.ts';
import { StaleSteps, without } from './stale-steps.ts';

/** A step is rolled up this long after its end, ms: by then its samples have come, and one that comes later marks it again. */
const SETTLE_MS = 15_000;
/** Past this many pieces a question is cheaper to answer from the points. */
const PIECES_MAX = 64;

const SCHEMA = [
  `CREATE SCHEMA IF NOT EXISTS ${rollupTiers.minute.schema}`,
  `CREATE SCHEMA IF NOT EXISTS ${rollupTiers.hour.schema}`,
  'CREATE TABLE IF NOT EXISTS campus.stale_steps (measurement VARCHAR NOT NULL, tier VARCHAR NOT NULL, step BIGINT NOT NULL)',
];

/** Where the values of an interval are to be read: each moment in one place. */
export type Sources = Record<RollupTier | 'raw', Interval[]>;

/** A step that has to be made anew. */
interface Mark {
  measurement: string;
  tier: RollupTier;
  step: number;
}

interface TableState {
  stale: Record<RollupTier, StaleSteps>;
  /** Columns that the roll-ups have. */
  columns: Set<string>;
}

/**
 * Keeps roll-ups of one minute and one hour beside the points. Each transaction that appends points marks the steps they fall in as
 * stale, on the disk as well; stale steps are read from the points until they have been made anew.
 */
export class Rollups {
  readonly #connection: DuckDBConnection;
  readonly #catalog: Catalog;
  readonly #states = new Map<string, TableState>();

  private constructor(connection: DuckDBConnection, catalog: Catalog) {
    this.#connection = connection;
    this.#catalog = catalog;
  }

  static async open(connection: DuckDBConnection, catalog: Catalog): Promise<Rollups> {
    for (const statement of SCHEMA) await connection.run(statement);
    const rollups = new Rollups(connection, catalog);
    const rows = await connection.runAndReadAll('SELECT measurement, tier, step FROM campus.stale_steps');
    for (const [measurement, tier, step] of rows.getRows()) {
      rollups.#stateOf(String(measurement)).stale[tier === 'hour' ? 'hour' : 'minute'].addStep(Number(step));
    }
    await rollups.#loadColumns();
    return rollups;
  }

  /**
   * Marks the steps that points fall in, inside the connection's open transaction.
   * @param minutes numbers of minutes since 1970, by measurement
   * @returns to be called when the transaction was rolled back
   */
  async mark(minutes: ReadonlyMap<string, ReadonlySet<number>>): Promise<() => void> {
    const fresh: Mark[] = [];
    for (const [measurement, numbers] of minutes) {
      const { stale } = this.#stateOf(measurement);
      for (const number of numbers) {
        for (const tier of ['minute', 'hour'] as const) {
          const step = stale[tier].add(number * rollupTiers.minute.widthMs);
          if (step !== undefined) fresh.push({ measurement, tier, step });
        }
      }
    }
    const unmark = (): void => {
      for (const { measurement, tier, step } of fresh) this.#stateOf(measurement).stale[tier].delete(step);
    };
    try {
      await this.#saveMarks(fresh);
    } catch (error) {
      // A mark that is only in memory would keep the next batch from writing it down.
      unmark();
      throw error;
    }
    return unmark;
  }

  async #saveMarks(marks: readonly Mark[]): Promise<void> {
    if (marks.length === 0) return;
    const appender = await this.#connection.createAppender('stale_steps', 'campus');
    for (const { measurement, tier, step } of marks) {
      appender.appendVarchar(measurement);
      appender.appendVarchar(tier);
      appender.appendBigInt(BigInt(step));
      appender.endRow();
    }
    appender.closeSync();
  }

  /**
   * Makes every stale step of a measurement that has ended anew. No points may be appended meanwhile, for a mark that is set between
   * the reading of a step and its clearing would be lost.
   */
  async refresh(table: Table, now: number): Promise<void> {
    const { stale } = this.#stateOf(table.measurement);
    await this.#refreshTier(table, 'minute', stale.minute.endedBefore(now - SETTLE_MS));
    // An hour is made of its minutes, so all of them come first.
    const hours = stale.hour.endedBefore(now - SETTLE_MS).filter((hour) => stale.minute.within(hour).length === 0);
    await this.#refreshTier(table, 'hour', hours);
  }

  /** The tiers in which a measurement has averages. */
  tiersOf(measurement: string): readonly RollupTier[] {
    return (this.#states.get(measurement)?.columns.size ?? 0) > 0 ? ['minute', 'hour'] : [];
  }

  /** Deletes roll-ups of a measurement that are older than this, ms. */
  async deleteOlderThan(measurement: string, before: Record<RollupTier, number>): Promise<void> {
    const table = this.#catalog.tables.get(measurement);
    if (table === undefined || this.#stateOf(measurement).columns.size === 0) return;
    for (const tier of ['minute', 'hour'] as const) {
      const moment = Math.floor(before[tier]);
      await this.#connection.run(
        `DELETE FROM ${rollupTable(table.table, tier)} WHERE "time" < make_timestamp_ms(${moment})`,
      );
    }
  }

  /** Forgets the marks of steps whose points have been deleted: what a roll-up says of them stays. */
  async forget(measurement: string, before: number): Promise<void> {
    const { stale } = this.#stateOf(measurement);
    for (const tier of ['minute', 'hour'] as const) {
      for (const interval of stale[tier].endedBefore(before)) {
        await this.#unmark(measurement, tier, interval);
        stale[tier].clear(interval);
      }
    }
  }

  /**
   * Where to read the values of an interval for steps of a width, ms.
   * @returns undefined when roll-ups are of no use: all of it is to be read from the points
   */
  sources(measurement: string, interval: Interval, stepMs: number): Sources | undefined {
    const state = this.#states.get(measurement);
    if (state === undefined || state.columns.size === 0 || stepMs % rollupTiers.minute.widthMs !== 0) return undefined;
    const minutes = this.#clean(state.stale.minute, interval, rollupTiers.minute.widthMs);
    const hours =
      stepMs % rollupTiers.hour.widthMs === 0
        ? minutes.flatMap((piece) => this.#clean(state.stale.hour, piece, rollupTiers.hour.widthMs))
        : [];
    const sources: Sources = {
      raw: without(interval, minutes),
      minute: minutes.flatMap((piece) => without(piece, hours)),
      hour: hours,
    };
    const pieces = sources.raw.length + sources.minute.length + sources.hour.length;
    return pieces > PIECES_MAX || minutes.length === 0 ? undefined : sources;
  }

  /** The whole steps within an interval that are not stale. */
  #clean(stale: StaleSteps, { start, end }: Interval, widthMs: number): Interval[] {
    const whole = { start: Math.ceil(start / widthMs) * widthMs, end: Math.floor(end / widthMs) * widthMs };
    return whole.start < whole.end ? without(whole, stale.within(whole)) : [];
  }

  async #refreshTier(table: Table, tier: RollupTier, intervals: readonly Interval[]): Promise<void> {
    if (intervals.length === 0) return;
    const state = this.#stateOf(table.measurement);
    await this.#addColumns(table, state);
    for (const interval of intervals) {
      await this.#connection.run('BEGIN TRANSACTION');
      try {
        for (const sql of refreshSql(table.table, tier, [...state.columns], interval)) await this.#connection.run(sql);
        await this.#unmark(table.measurement, tier, interval);
        await this.#connection.run('COMMIT');
      } catch (error) {
        await rollback(this.#connection);
        throw error;
      }
      state.stale[tier].clear(interval);
    }
  }

  async #unmark(measurement: string, tier: RollupTier, { start, end }: Interval): Promise<void> {
    const { widthMs } = rollupTiers[tier];
    await this.#connection.run(
      'DELETE FROM campus.stale_steps WHERE measurement = $1 AND tier = $2 AND step >= $3 AND step < $4',
      [measurement, tier, BigInt(start / widthMs), BigInt(end / widthMs)],
    );
  }

  /** Gives the roll-ups the columns of numbers that have come since. */
  async #addColumns({ table, columns }: Table, state: TableState): Promise<void> {
    const fresh = columns.filter(({ column, type }) => type === 'number' && !state.columns.has(column));
    for (const tier of ['minute', 'hour'] as const) {
      await this.#connection.run(createRollupSql(table, tier));
      for (const { column } of fresh) {
        for (const sql of addColumnSql(table, tier, column)) await this.#connection.run(sql);
      }
    }
    for (const { column } of fresh) state.columns.add(column);
  }

  async #loadColumns(): Promise<void> {
    const { schema } = rollupTiers.hour;
    const rows = await this.#connection.runAndReadAll(
      `SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = '${schema}'`,
    );
    const measurements = new Map(
      [...this.#catalog.tables.values()].map(({ table, measurement }) => [table, measurement]),
    );
    for (const [table, name] of rows.getRows()) {
      const column = columnOfPart(String(name));
      const measurement = measurements.get(String(table));
      if (column !== undefined && measurement !== undefined) this.#stateOf(measurement).columns.add(column);
    }
  }

  #stateOf(measurement: string): TableState {
    let state = this.#states.get(measurement);
    if (state === undefined) {
      const stale = {
        minute: new StaleSteps(rollupTiers.minute.widthMs),
        hour: new StaleSteps(rollupTiers.hour.widthMs),
      };
      state = { stale, columns: new Set() };
      this.#states.set(measurement, state);
    }
    return state;
  }
}
