import { chmodSync } from 'node:fs';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { CampusError } from '../../../contract/errors.ts';
import { checkAggregate } from '../aggregate.ts';
import { groupByMeasurement } from '../batch.ts';
import { historyPage, mergePoints } from '../history.ts';
import type {
  Batch,
  FieldTypes,
  HistoryPage,
  HistoryQuery,
  LatestQuery,
  Point,
  Series,
  SeriesQuery,
  SeriesResult,
  Store,
} from '../store.ts';
import { appendPoints } from './append.ts';
import { Catalog, type SeriesEntry, type Table } from './catalog.ts';
import { historyRows } from './history-rows.ts';
import { mergeHistory } from './merge-history.ts';
import { rollback } from './rollback.ts';
import { quoteIdentifier, seriesSql } from './sql.ts';
import { writeFailure } from './write-failure.ts';

/** A gateway shares a Pi with its flows: 128 MB and two threads cost little speed and leave it its memory. */
const OPTIONS = { memory_limit: '128MB', threads: '2' };

/** How far back `latest` looks from a measurement's newest point. */
const LATEST_WINDOW_MS = 24 * 3600 * 1000;

/** The embedded store: one DuckDB file, one writing connection and one that reads beside it. */
export class DuckDbStore implements Store {
  readonly name = 'duckdb';
  readonly #instance: DuckDBInstance;
  readonly #writer: DuckDBConnection;
  readonly #reader: DuckDBConnection;
  readonly #catalog: Catalog;
  #position: number;

  private constructor(
    instance: DuckDBInstance,
    connections: { writer: DuckDBConnection; reader: DuckDBConnection },
    catalog: Catalog,
    position: number,
  ) {
    this.#instance = instance;
    this.#writer = connections.writer;
    this.#reader = connections.reader;
    this.#catalog = catalog;
    this.#position = position;
  }

  /** @throws CampusError `home_locked` when another process holds the file, `store_unavailable` when it cannot be read */
  static async open(path: string): Promise<DuckDbStore> {
    const instance = await openInstance(path);
    const writer = await instance.connect();
    const catalog = await Catalog.open(writer);
    const saved = await writer.runAndReadAll("SELECT value FROM campus.meta WHERE name = 'position'");
    chmodSync(path, 0o600);
    const connections = { writer, reader: await instance.connect() };
    return new DuckDbStore(instance, connections, catalog, Number(saved.getRows()[0]?.[0] ?? 0));
  }

  async check(): Promise<string[]> {
    // The file is this product's own: nobody else can have set it up wrongly.
    return [];
  }

  async position(): Promise<number> {
    return this.#position;
  }

  async write(batch: Batch): Promise<{ skipped: number }> {
    if (batch.position <= this.#position) return { skipped: 0 };
    await this.#catalog.grow(batch.points);
    let skipped = 0;
    await this.#writer.run('BEGIN TRANSACTION');
    try {
      for (const [measurement, points] of groupByMeasurement(batch.points)) {
        skipped += await appendPoints(this.#writer, this.#catalog, this.#catalog.tables.get(measurement)!, points);
      }
      await this.#writer.run("INSERT OR REPLACE INTO campus.meta VALUES ('position', $1)", [BigInt(batch.position)]);
      await this.#writer.run('COMMIT');
    } catch (error) {
      await rollback(this.#writer);
      throw writeFailure(error as Error);
    }
    this.#position = batch.position;
    return { skipped };
  }

  async merge({ points }: Batch): Promise<{ skipped: number }> {
    await this.#catalog.grow(points);
    return { skipped: await mergeHistory(this.#writer, this.#catalog, points) };
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
    const column = table?.columns.find(({ field }) => field === query.field);
    if (table === undefined || column === undefined) return { series: [], truncated: false };
    checkAggregate(query, column.type);
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
    });
    const rows = (await this.#read(sql)) as [unknown, unknown, number | string | boolean | bigint][];
    const result: Series[] = tags.map((of) => ({ tags: of, points: [] }));
    for (const [group, time, value] of rows.slice(0, query.limit)) {
      result[Number(group)]?.points.push([Number(time), typeof value === 'bigint' ? Number(value) : value]);
    }
    return { series: result.filter(({ points }) => points.length > 0), truncated: rows.length > query.limit };
  }

  async deleteOlderThan(measurement: string, before: number): Promise<void> {
    const table = this.#catalog.tables.get(measurement);
    if (table === undefined) return;
    await this.#writer.run(
      `DELETE FROM ${quoteIdentifier(table.table)} WHERE "time" < make_timestamp_ms(${Math.floor(before)})`,
    );
  }

  async close(): Promise<void> {
    await this.#writer.run('CHECKPOINT');
    this.#reader.closeSync();
    this.#writer.closeSync();
    this.#instance.closeSync();
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
    Object.entries(query.tags ?? {}).every(([key, value]) => (tagOf(entry, key) ?? '') === value)
  );
}

function tagOf({ site, device, tags }: SeriesEntry, key: string): string | undefined {
  if (key === 'site') return site;
  return key === 'device' ? device : tags[key];
}

async function openInstance(path: string): Promise<DuckDBInstance> {
  try {
    return await DuckDBInstance.create(path, OPTIONS);
  } catch (error) {
    const { message } = error as Error;
    if (message.includes('lock')) {
      throw new CampusError(
        'home_locked',
        `${path} is held by another process: stop the other gateway of this home first`,
        { cause: error },
      );
    }
    throw new CampusError('store_unavailable', `cannot open ${path}: ${message}`, { cause: error });
  }
}
