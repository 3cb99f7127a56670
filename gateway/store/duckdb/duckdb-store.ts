import type { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { CampusError } from '../../../contract/errors.ts';
import { encodeMessages } from '../batch.ts';
import type { EmbeddedStore } from '../embedded-store.ts';
import type { ExportQuery, ExportResult } from '../export-query.ts';
import type { Batch, FieldType, FieldTypes, LatestQuery, Point, Series, SeriesQuery, SeriesResult } from '../store.ts';
import { Appender } from './append.ts';
import { Catalog, type Column, type SeriesEntry, type Table } from './catalog.ts';
import { copyFiles } from './copy-files.ts';
import { type DuckDbOptions, defaultOptions } from './default-options.ts';
import { exportPoints } from './export.ts';
import { openInstance } from './open-instance.ts';
import { quoteIdentifier } from './quote-identifier.ts';
import { rollback } from './rollback.ts';
import { rollupAnswers } from './rollup-sql.ts';
import { Rollups, type Sources } from './rollups.ts';
import { aggregateFits, seriesSql } from './sql.ts';
import { Turns } from './turns.ts';

/** How far back `latest` looks from a measurement's newest point. */
const LATEST_WINDOW_MS = 24 * 3600 * 1000;

interface Parts {
  path: string;
  instance: DuckDBInstance;
  writer: DuckDBConnection;
  reader: DuckDBConnection;
  catalog: Catalog;
  rollups: Rollups;
  position: number;
}

/** The embedded store: one DuckDB file, one writing connection and one that reads beside it. */
export class DuckDbStore implements EmbeddedStore {
  readonly name = 'duckdb';
  readonly #path: string;
  /** Writes, deletions and snapshots, one at a time. */
  readonly #writing = new Turns();
  readonly #instance: DuckDBInstance;
  readonly #writer: DuckDBConnection;
  readonly #reader: DuckDBConnection;
  readonly #catalog: Catalog;
  readonly #appender: Appender;
  readonly #rollups: Rollups;
  #position: number;

  private constructor(parts: Parts) {
    this.#path = parts.path;
    this.#instance = parts.instance;
    this.#writer = parts.writer;
    this.#reader = parts.reader;
    this.#catalog = parts.catalog;
    this.#appender = new Appender(parts.catalog);
    this.#rollups = parts.rollups;
    this.#position = parts.position;
  }

  /** @throws CampusError `home_locked` when another process holds the file, `store_unavailable` when it cannot be read */
  static async open(path: string, options: DuckDbOptions = defaultOptions): Promise<DuckDbStore> {
    const instance = await openInstance(path, options);
    const writer = await instance.connect();
    const catalog = await Catalog.open(writer);
    const rollups = await Rollups.open(writer, catalog);
    const saved = await writer.runAndReadAll("SELECT value FROM campus.meta WHERE name = 'position'");
    const position = Number(saved.getRows()[0]?.[0] ?? 0);
    return new DuckDbStore({ path, instance, writer, reader: await instance.connect(), catalog, rollups, position });
  }

  async position(): Promise<number> {
    return this.#position;
  }

  write(batch: Batch): Promise<{ skipped: number }> {
    return this.#writing.take(() => this.#write(batch));
  }

  async #write(batch: Batch): Promise<{ skipped: number }> {
    if (batch.position <= this.#position) return { skipped: 0 };
    await this.#take(batch);
    await this.#writer.run('BEGIN TRANSACTION');
    const unmark = await this.#rollups.mark(this.#appender.minutes());
    try {
      const seriesSaved = await this.#catalog.saveSeries();
      await this.#appender.append(this.#writer);
      await this.#writer.run("INSERT OR REPLACE INTO campus.meta VALUES ('position', $1)", [BigInt(batch.position)]);
      await this.#writer.run('COMMIT');
      seriesSaved();
    } catch (error) {
      await rollback(this.#writer);
      unmark();
      throw failure(error as Error);
    }
    this.#position = batch.position;
    // A field that comes with another type has a column for each.
    return { skipped: 0 };
  }

  async #take(batch: Batch): Promise<void> {
    try {
      await this.#appender.take(batch.messages ?? encodeMessages(batch.points));
    } catch (error) {
      throw failure(error as Error);
    }
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
    if (query.step !== undefined && !aggregateFits(query.aggregate, column.type)) {
      throw new CampusError(
        'request_invalid',
        `${query.measurement}.${query.field} is a ${column.type}: expected aggregate first, last or count, got ${query.aggregate}`,
      );
    }
    const { groups, tags } = this.#groups(query);
    if (tags.length === 0) return { series: [], truncated: false };
    const sql = seriesSql({
      table: table.table,
      column: column.column,
      aggregate: query.aggregate,
      from: query.from,
      to: query.to,
      step: query.step,
      groups,
      limit: query.limit + 1,
      sources: this.#sources(query, column.type),
    });
    const rows = (await this.#read(sql)) as [unknown, unknown, number | string | boolean | bigint][];
    const result: Series[] = tags.map((of) => ({ tags: of, points: [] }));
    for (const [group, time, value] of rows.slice(0, query.limit)) {
      result[Number(group)]?.points.push([Number(time), typeof value === 'bigint' ? Number(value) : value]);
    }
    return { series: result.filter(({ points }) => points.length > 0), truncated: rows.length > query.limit };
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

  /** Brings the roll-ups up to date, a measurement at a time, so that no batch waits for long. */
  async maintain(now: number): Promise<void> {
    for (const table of [...this.#catalog.tables.values()]) {
      await this.#writing.take(() => this.#rollups.refresh(table, now));
    }
  }

  snapshot(target: string, signal: AbortSignal): Promise<void> {
    return this.#writing.take(async () => {
      signal.throwIfAborted();
      // What the log holds goes into the file, so that a later version need not be able to read this one's log.
      await this.#writer.run('CHECKPOINT');
      await copyFiles(this.#path, target, signal);
    });
  }

  async export(query: ExportQuery, path: string, signal: AbortSignal): Promise<ExportResult> {
    const connection = await this.#instance.connect();
    try {
      return await exportPoints({ connection, catalog: this.#catalog }, query, path, signal);
    } finally {
      connection.closeSync();
    }
  }

  async close(): Promise<void> {
    await this.#writing.take(async () => {
      await this.#writer.run('CHECKPOINT');
    });
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
    try {
      return (await this.#reader.runAndReadAll(sql)).getRows();
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
       QUALIFY row_number() OVER (PARTITION BY "series" ORDER BY "time" DESC) = 1`,
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
    return points;
  }

  /** Which series a query wants and how they gather. */
  #groups(query: SeriesQuery): { groups: Map<number, number> | undefined; tags: Record<string, string>[] } {
    const unfiltered = query.site === undefined && query.device === undefined && query.tags === undefined;
    if (unfiltered && query.groupBy.length === 0) return { groups: undefined, tags: [{}] };
    const groups = new Map<number, number>();
    const numbers = new Map<string, number>();
    const tags: Record<string, string>[] = [];
    for (const entry of this.#catalog.series) {
      if (entry.measurement !== query.measurement || !matches(entry, query)) continue;
      const all: Record<string, string> = { ...entry.tags, site: entry.site, device: entry.device };
      const of = Object.fromEntries(
        query.groupBy.filter((key) => Object.hasOwn(all, key)).map((key) => [key, all[key]!]),
      );
      const key = JSON.stringify(of);
      if (!numbers.has(key)) {
        numbers.set(key, tags.length);
        tags.push(of);
      }
      groups.set(entry.id, numbers.get(key)!);
    }
    return { groups, tags };
  }
}

function matches(
  entry: SeriesEntry,
  query: { site?: string; device?: string; tags?: Record<string, string> },
): boolean {
  return (
    (query.site === undefined || entry.site === query.site) &&
    (query.device === undefined || entry.device === query.device) &&
    Object.entries(query.tags ?? {}).every(([key, value]) => entry.tags[key] === value)
  );
}

/** The column of a field; of one that has come with several types, the numbers, for which there is most to ask. */
function columnOf(table: Table | undefined, field: string): Column | undefined {
  const columns = table?.columns.filter((column) => column.field === field) ?? [];
  return columns.find(({ type }) => type === 'number') ?? columns[0];
}

/** Errors of DuckDB by which the data are at fault, and JavaScript's own from reading them; any other may pass, as a full disk does. */
const REFUSALS =
  /^(Binder|Catalog|Constraint|Conversion|Invalid Input|Mismatch Type|Not implemented|Out of Range|Parser|Syntax) Error/;

function failure(error: Error): CampusError {
  const refused = REFUSALS.test(error.message) || error instanceof TypeError || error instanceof RangeError;
  const message = `DuckDB cannot ${refused ? 'hold this' : 'write'}: ${error.message}`;
  return new CampusError(refused ? 'store_refused' : 'store_unavailable', message, { cause: error });
}
