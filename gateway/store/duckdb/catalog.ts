import type { DuckDBConnection } from '@duckdb/node-api';
import type { Shape } from '../point-codec.ts';
import type { FieldType, FieldTypes } from '../store.ts';
import { quoteIdentifier } from './quote.ts';
import { rollback } from './rollback.ts';

/** One field of one measurement and the column that holds it. */
export interface Column {
  field: string;
  column: string;
  type: FieldType;
}

export interface Table {
  measurement: string;
  table: string;
  /** In the order of the table's columns, after `time` and `series`. */
  columns: Column[];
}

export interface SeriesEntry {
  id: number;
  site: string;
  device: string;
  measurement: string;
  tags: Record<string, string>;
}

/** How the points of one series of one device look. */
export type SeriesShape = Omit<Shape, 'bytes'> & { site: string; device: string };

const sqlTypes: Record<FieldType, string> = { number: 'DOUBLE', string: 'VARCHAR', boolean: 'BOOLEAN' };

const SCHEMA = [
  'CREATE SCHEMA IF NOT EXISTS campus',
  'CREATE TABLE IF NOT EXISTS campus.meta (name VARCHAR PRIMARY KEY, value BIGINT NOT NULL)',
  'CREATE TABLE IF NOT EXISTS campus.measurements (measurement VARCHAR PRIMARY KEY, table_name VARCHAR NOT NULL)',
  `CREATE TABLE IF NOT EXISTS campus.fields
     (measurement VARCHAR NOT NULL, field VARCHAR NOT NULL, column_name VARCHAR NOT NULL, type VARCHAR NOT NULL, ordinal INTEGER NOT NULL)`,
  `CREATE TABLE IF NOT EXISTS campus.series
     (id INTEGER PRIMARY KEY, site VARCHAR NOT NULL, device VARCHAR NOT NULL, measurement VARCHAR NOT NULL, tags VARCHAR NOT NULL)`,
];

/**
 * What the DuckDB file holds: a table per measurement with a column per field, and a number per series, so that a row repeats no tags.
 * Kept in memory and, in the same shape, in the schema `campus` of the file.
 */
export class Catalog {
  readonly #connection: DuckDBConnection;
  readonly tables = new Map<string, Table>();
  readonly series: SeriesEntry[] = [];
  readonly #seriesByKey = new Map<string, SeriesEntry>();
  readonly #unsaved: SeriesEntry[] = [];

  private constructor(connection: DuckDBConnection) {
    this.#connection = connection;
  }

  static async open(connection: DuckDBConnection): Promise<Catalog> {
    for (const statement of SCHEMA) await connection.run(statement);
    const catalog = new Catalog(connection);
    await catalog.#load();
    return catalog;
  }

  /**
   * Makes the table, columns and series that points of a shape need and do not have. Tables and columns are made in transactions of
   * their own: DuckDB cannot append to a table that the same transaction altered, and an empty column does no harm if the batch then
   * fails. Series are written by `saveSeries`.
   * @returns the table, whose columns hold every field of the shape, and the number of the series
   */
  async grow(shape: SeriesShape): Promise<{ table: Table; series: number }> {
    const table = this.tables.get(shape.measurement) ?? (await this.#addTable(shape.measurement));
    for (const [index, field] of shape.fields.entries()) {
      const type = shape.types[index]!;
      if (!table.columns.some((column) => column.field === field && column.type === type)) {
        await this.#addColumn(table, field, type);
      }
    }
    const series = this.#seriesByKey.get(seriesKey(shape)) ?? this.#addSeries(shape);
    return { table, series: series.id };
  }

  /**
   * Writes the series that `grow` has made inside the connection's open transaction.
   * @returns to be called when the transaction is committed; if it is not, the next one writes them again
   */
  async saveSeries(): Promise<() => void> {
    const fresh = [...this.#unsaved];
    if (fresh.length === 0) return () => {};
    const appender = await this.#connection.createAppender('series', 'campus');
    for (const { id, site, device, measurement, tags } of fresh) {
      appender.appendInteger(id);
      for (const text of [site, device, measurement, JSON.stringify(tags)]) appender.appendVarchar(text);
      appender.endRow();
    }
    appender.closeSync();
    return () => {
      this.#unsaved.splice(0, fresh.length);
    };
  }

  /** Forgets what series are called, whose points are gone. Their numbers are not given again. */
  forget(entries: readonly SeriesEntry[]): void {
    for (const entry of entries) {
      this.#seriesByKey.delete(seriesKey(entry));
      Object.assign(entry, { site: '', device: '', tags: {} } satisfies Partial<SeriesEntry>);
    }
  }

  fieldTypes(): FieldTypes {
    return new Map(
      [...this.tables.values()].map(({ measurement, columns }) => [
        measurement,
        // Of a field that has come with several types, the numbers: they are what is asked for.
        new Map(columns.toSorted(numbersLast).map(({ field, type }) => [field, type])),
      ]),
    );
  }

  async #load(): Promise<void> {
    const rows = async (sql: string): Promise<string[][]> =>
      (await this.#connection.runAndReadAll(sql)).getRows().map((row) => row.map(String));
    for (const [measurement, table] of await rows('SELECT measurement, table_name FROM campus.measurements')) {
      this.tables.set(measurement!, { measurement: measurement!, table: table!, columns: [] });
    }
    const fields = await rows('SELECT measurement, field, column_name, type FROM campus.fields ORDER BY ordinal');
    for (const [measurement, field, column, type] of fields) {
      this.tables.get(measurement!)?.columns.push({ field: field!, column: column!, type: type as FieldType });
    }
    for (const [id, site, device, measurement, tags] of await rows(
      'SELECT id, site, device, measurement, tags FROM campus.series ORDER BY id',
    )) {
      this.#remember({
        id: Number(id),
        site: site!,
        device: device!,
        measurement: measurement!,
        tags: JSON.parse(tags!) as Record<string, string>,
      });
    }
  }

  #remember(entry: SeriesEntry): void {
    this.series.push(entry);
    this.#seriesByKey.set(seriesKey(entry), entry);
  }

  async #addTable(measurement: string): Promise<Table> {
    const taken = new Set([...this.tables.values()].map(({ table }) => table.toLowerCase()));
    const table: Table = { measurement, table: freeName(measurement, taken), columns: [] };
    await this.#transaction(async () => {
      await this.#connection.run(
        `CREATE TABLE ${quoteIdentifier(table.table)} ("time" TIMESTAMP_MS NOT NULL, "series" INTEGER NOT NULL)`,
      );
      await this.#connection.run('INSERT INTO campus.measurements VALUES ($1, $2)', [measurement, table.table]);
    });
    this.tables.set(measurement, table);
    return table;
  }

  async #addColumn(table: Table, field: string, type: FieldType): Promise<void> {
    const taken = new Set(['time', 'series', ...table.columns.map(({ column }) => column.toLowerCase())]);
    const column = freeName(field, taken);
    await this.#transaction(async () => {
      await this.#connection.run(
        `ALTER TABLE ${quoteIdentifier(table.table)} ADD COLUMN ${quoteIdentifier(column)} ${sqlTypes[type]}`,
      );
      await this.#connection.run('INSERT INTO campus.fields VALUES ($1, $2, $3, $4, $5)', [
        table.measurement,
        field,
        column,
        type,
        table.columns.length,
      ]);
    });
    table.columns.push({ field, column, type });
  }

  #addSeries({ site, device, measurement, tags }: SeriesShape): SeriesEntry {
    const entry: SeriesEntry = { id: this.series.length + 1, site, device, measurement, tags: { ...tags } };
    this.#remember(entry);
    this.#unsaved.push(entry);
    return entry;
  }

  async #transaction(work: () => Promise<void>): Promise<void> {
    await this.#connection.run('BEGIN TRANSACTION');
    try {
      await work();
      await this.#connection.run('COMMIT');
    } catch (error) {
      await rollback(this.#connection);
      throw error;
    }
  }
}

function numbersLast(one: Column, other: Column): number {
  return Number(one.type === 'number') - Number(other.type === 'number');
}

/** One text per series: tags in one order, separated by what no name may hold. */
function seriesKey({ site, device, measurement, tags }: Omit<SeriesShape, 'fields' | 'types'>): string {
  let key = `${site}\n${device}\n${measurement}`;
  for (const name of Object.keys(tags).sort()) key += `\n${name}\t${tags[name]}`;
  return key;
}

/** DuckDB's identifiers do not tell case apart; names on the wire do. The second of two such names gets a number. */
function freeName(name: string, taken: ReadonlySet<string>): string {
  let candidate = name;
  for (let number = 2; taken.has(candidate.toLowerCase()); number++) candidate = `${name}_${number}`;
  return candidate;
}
