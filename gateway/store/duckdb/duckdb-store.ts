import type { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { CampusError } from '../../../contract/errors.ts';
import { checkAggregate } from '../aggregate.ts';
import { encodeMessages } from '../batch.ts';
import type { EmbeddedStore } from '../embedded-store.ts';
import type { ExportQuery, ExportResult } from '../export-query.ts';
import { historyPage, mergePoints } from '../history.ts';
import {
  type Batch,
  type ErasedSubject,
  type FieldType,
  type FieldTypes,
  type HistoryPage,
  type HistoryQuery,
  LATEST_WINDOW_MS,
  type LatestQuery,
  type Point,
  type SeriesQuery,
  type SeriesResult,
} from '../store.ts';
import type { StoredExtent } from '../store-extent.ts';
import { Appender } from './append.ts';
import { Catalog, type Column, type Table } from './catalog.ts';
import { copyFiles } from './copy-files.ts';
import { type DuckDbOptions, defaultOptions } from './default-options.ts';
import { blankFreeBlocks, erase } from './erase.ts';
import { exportPoints } from './export.ts';
import { historyRows } from './history-rows.ts';
import { mergeTable } from './merge-table.ts';
import { openFailure } from './open-failure.ts';
import { openInstance } from './open-instance.ts';
import { quoteIdentifier } from './quote.ts';
import { rollback } from './rollback.ts';
import { type RollupTier, rollupAnswers } from './rollup-sql.ts';
import { Rollups, type Sources } from './rollups.ts';
import { Running } from './running.ts';
import { matches, seriesGroups } from './series-groups.ts';
import { gatherSeries, stepsOf } from './series-rows.ts';
import { settleCopy } from './settle-copy.ts';
import { seriesSql } from './sql.ts';
import { tableExtents } from './table-extents.ts';
import { Turns } from './turns.ts';
import { writeFailure } from './write-failure.ts';

interface Parts {
  path: string;
  instance: DuckDBInstance;
  writer: DuckDBConnection;
  reader: DuckDBConnection;
  catalog: Catalog;
  rollups: Rollups;
  notes: string[];
  position: number;
}

/** The embedded store: one DuckDB file, one writing connection and one that reads beside it. */
export class DuckDbStore implements EmbeddedStore {
  readonly name = 'duckdb';
  readonly #path: string;
  /** Writes, deletions and snapshots, one at a time. */
  readonly #writing = new Turns();
  /** What is being asked beside them, and on which connections but the reader. */
  readonly #reads = new Running();
  readonly #others = new Set<DuckDBConnection>();
  readonly #instance: DuckDBInstance;
  readonly #writer: DuckDBConnection;
  readonly #reader: DuckDBConnection;
  readonly #catalog: Catalog;
  readonly #appender: Appender;
  readonly #rollups: Rollups;
  /** What did not go as it should when the file was opened. */
  readonly #notes: string[];
  #position: number;

  private constructor(parts: Parts) {
    this.#path = parts.path;
    this.#instance = parts.instance;
    this.#writer = parts.writer;
    this.#reader = parts.reader;
    this.#catalog = parts.catalog;
    this.#appender = new Appender(parts.catalog);
    this.#rollups = parts.rollups;
    this.#notes = parts.notes;
    this.#position = parts.position;
  }

  /** @throws CampusError `home_locked` when another process holds the file, `store_unusable` when it is damaged, `store_unavailable` */
  static async open(path: string, options: DuckDbOptions = defaultOptions): Promise<DuckDbStore> {
    try {
      return await DuckDbStore.#open(path, options);
    } catch (error) {
      throw openFailure(path, error);
    }
  }

  static async #open(path: string, options: DuckDbOptions): Promise<DuckDbStore> {
    const { instance, note } = await openInstance(path, options);
    const writer = await instance.connect();
    const catalog = await Catalog.open(writer);
    const rollups = await Rollups.open(writer, catalog);
    const saved = await writer.runAndReadAll("SELECT value FROM campus.meta WHERE name = 'position'");
    const position = Number(saved.getRows()[0]?.[0] ?? 0);
    const notes = note === undefined ? [] : [note];
    const reader = await instance.connect();
    return new DuckDbStore({ path, instance, writer, reader, catalog, rollups, notes, position });
  }

  async check(): Promise<string[]> {
    // The file is this product's own: nobody else can have set it up wrongly.
    return this.#notes;
  }

  async position(): Promise<number> {
    return this.#position;
  }

  write(batch: Batch): Promise<{ skipped: number }> {
    return this.#writing.take(() => this.#write(batch));
  }

  /** A field that comes with another type has a column for each, so nothing is ever left out. */
  async #write(batch: Batch): Promise<{ skipped: number }> {
    if (batch.position <= this.#position) return { skipped: 0 };
    await this.#transaction(batch, async () => {
      await this.#appender.append(this.#writer);
      await this.#writer.run("INSERT OR REPLACE INTO campus.meta VALUES ('position', $1)", [BigInt(batch.position)]);
    });
    this.#position = batch.position;
    return { skipped: 0 };
  }

  merge({ points, position }: Batch): Promise<{ skipped: number }> {
    return this.#writing.take(async () => {
      await this.#transaction({ points: mergePoints(points), position }, async () => {
        for (const buffer of this.#appender.filled()) await mergeTable(this.#writer, buffer);
      });
      return { skipped: 0 };
    });
  }

  /** Takes in the points of a batch and lets `put` bring them into the tables: all of it, or nothing. */
  async #transaction(batch: Batch, put: () => Promise<void>): Promise<void> {
    await this.#take(batch);
    await this.#writer.run('BEGIN TRANSACTION');
    let unmark = (): void => {};
    try {
      unmark = await this.#rollups.mark(this.#appender.minutes());
      const seriesSaved = await this.#catalog.saveSeries();
      await put();
      await this.#writer.run('COMMIT');
      seriesSaved();
    } catch (error) {
      unmark();
      await rollback(this.#writer);
      throw writeFailure(error as Error);
    }
  }

  async #take(batch: Batch): Promise<void> {
    try {
      await this.#appender.take(batch.messages ?? encodeMessages(batch.points));
    } catch (error) {
      throw writeFailure(error as Error);
    }
  }

  async read(query: HistoryQuery): Promise<HistoryPage> {
    return historyPage(
      query,
      historyRows((sql) => this.#read(sql), this.#catalog, query.measurement),
    );
  }

  async fieldTypes(): Promise<FieldTypes> {
    return this.#catalog.fieldTypes();
  }

  async latest(query: LatestQuery): Promise<Point[]> {
    const tables = [...this.#catalog.tables.values()].filter(
      ({ measurement }) => query.measurement === undefined || measurement === query.measurement,
    );
    const points: Point[] = [];
    for (const table of tables) points.push(...(await this.#latestOf(table, query)));
    return points;
  }

  async series(query: SeriesQuery): Promise<SeriesResult> {
    const table = this.#catalog.tables.get(query.measurement);
    const column = columnOf(table, query.field);
    if (table === undefined || column === undefined) return { series: [], truncated: false };
    checkAggregate(query, column.type);
    const groups = seriesGroups(this.#catalog.series, query);
    if (groups.tags.size === 0) return { series: [], truncated: false };
    const asked = {
      table: table.table,
      column: column.column,
      aggregate: query.aggregate,
      from: query.from,
      to: query.to,
      step: query.step,
      groups,
      limit: query.limit + 1,
      sources: this.#sources(query, column.type),
    };
    const steps = stepsOf(query);
    const wanted = { tags: groups.tags, limit: query.limit, steps };
    const run = (ordered: boolean) => this.#reader.run(seriesSql({ ...asked, ordered }));
    return this.#ask(async () => {
      const result = await run(steps === undefined);
      // Which rows are left out where there are too many must not be a matter of luck.
      const isCut = steps !== undefined && result.rowCount > query.limit;
      return gatherSeries(isCut ? await run(true) : result, wanted);
    });
  }

  deleteOlderThan(
    measurement: string,
    before: number,
    rollupsBefore = { minute: before, hour: before },
  ): Promise<void> {
    return this.#writing.take(async () => {
      const table = this.#catalog.tables.get(measurement);
      if (table === undefined) return;
      const where = `WHERE "time" < make_timestamp_ms(${Math.floor(before)})`;
      await this.#writer.run(`DELETE FROM ${quoteIdentifier(table.table)} ${where}`);
      await this.#rollups.forget(measurement, before);
      await this.#rollups.deleteOlderThan(measurement, rollupsBefore);
    });
  }

  erase(subject: ErasedSubject): Promise<{ note?: string }> {
    return this.#writing.take(async () => {
      const from = { connection: this.#writer, catalog: this.#catalog };
      await erase({ ...from, rollupsOf: (measurement) => this.#rollups.tiersOf(measurement) }, subject);
      this.#appender.forget();
      await blankFreeBlocks(this.#writer);
      return {};
    });
  }

  /** Brings the roll-ups up to date, a measurement at a time, so that no batch waits for long. */
  async maintain(now: number): Promise<void> {
    for (const table of [...this.#catalog.tables.values()]) {
      await this.#writing.take(() => this.#rollups.refresh(table, now));
    }
  }

  async snapshot(target: string, signal: AbortSignal): Promise<void> {
    await this.#writing.take(async () => {
      signal.throwIfAborted();
      await copyFiles(this.#path, target, signal);
    });
    await this.#aside((connection) => settleCopy(connection, target));
  }

  async export(query: ExportQuery, path: string, signal: AbortSignal): Promise<ExportResult> {
    return this.#aside((connection) => exportPoints({ connection, catalog: this.#catalog }, query, path, signal));
  }

  async extents(): Promise<StoredExtent[]> {
    const rollupsOf = (measurement: string): readonly RollupTier[] => this.#rollups.tiersOf(measurement);
    return this.#aside((connection) => tableExtents(connection, { catalog: this.#catalog, rollupsOf }));
  }

  /** Does something long on a connection of its own, for which nobody waits. */
  #aside<T>(work: (connection: DuckDBConnection) => Promise<T>): Promise<T> {
    return this.#reads.add(this.#onOther(work));
  }

  async #onOther<T>(work: (connection: DuckDBConnection) => Promise<T>): Promise<T> {
    const connection = await this.#instance.connect();
    this.#others.add(connection);
    try {
      return await work(connection);
    } finally {
      this.#others.delete(connection);
      connection.closeSync();
    }
  }

  async close(): Promise<void> {
    await this.#writing.take(async () => {
      // Queries that still run are ended: a checkpoint waits for nobody, and would refuse beside them.
      await this.#writer.run('FORCE CHECKPOINT');
    });
    this.#closeConnections();
  }

  /**
   * Closes a database that DuckDB has given up, without the checkpoint that it could not make. Resolves once nobody uses the file any more:
   * only then may it be opened anew, for a process that closes a file anywhere gives up its lock on it (fcntl(2)).
   */
  async abandon(): Promise<void> {
    for (const connection of [this.#reader, ...this.#others]) connection.interrupt();
    await this.#writing.take(async () => {});
    await this.#reads.settled();
    this.#closeConnections();
  }

  #closeConnections(): void {
    this.#reader.closeSync();
    this.#writer.closeSync();
    this.#instance.closeSync();
  }

  /** Where the values of a question are to be read, when roll-ups can answer it. */
  #sources({ measurement, from, to, step, aggregate }: SeriesQuery, type: FieldType): Sources | undefined {
    if (step === undefined || type !== 'number' || !rollupAnswers(aggregate)) return undefined;
    return this.#rollups.sources(measurement, { start: from, end: to }, step);
  }

  async #read(sql: string): Promise<unknown[][]> {
    return (await this.#ask(() => this.#reader.runAndReadAll(sql))).getRows();
  }

  async #ask<T>(question: () => Promise<T>): Promise<T> {
    try {
      return await this.#reads.add(question());
    } catch (error) {
      throw new CampusError('store_unavailable', `DuckDB cannot answer: ${(error as Error).message}`, { cause: error });
    }
  }

  async #latestOf(table: Table, query: LatestQuery): Promise<Point[]> {
    const name = quoteIdentifier(table.table);
    const columns = table.columns.map(({ column }) => `, ${quoteIdentifier(column)}`).join('');
    const rows = await this.#read(
      `SELECT "series", epoch_ms("time")${columns} FROM ${name}
       WHERE "time" > (SELECT max("time") FROM ${name}) - INTERVAL ${LATEST_WINDOW_MS} MILLISECONDS
       QUALIFY rank() OVER (PARTITION BY "series" ORDER BY "time" DESC) = 1`,
    );
    const points: Point[] = [];
    for (const [id, time, ...values] of rows) {
      const entry = this.#catalog.series[Number(id) - 1];
      if (entry === undefined || !matches(entry, query)) continue;
      const fields: Point['fields'] = {};
      for (const [index, { field }] of table.columns.entries()) {
        const value = values[index];
        if (value !== null && value !== undefined) fields[field] = value as string | number | boolean;
      }
      const { site, device, measurement, tags } = entry;
      points.push({ site, device, measurement, tags, fields, time: Number(time) });
    }
    // Several messages may have brought fields of one series for one moment: each made a row.
    return mergePoints(points);
  }
}

/** The column of a field; of one that has come with several types, the numbers, for which there is most to ask. */
function columnOf(table: Table | undefined, field: string): Column | undefined {
  const columns = table?.columns.filter((column) => column.field === field) ?? [];
  return columns.find(({ type }) => type === 'number') ?? columns[0];
}
