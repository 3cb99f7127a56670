import type { DuckDBConnection } from '@duckdb/node-api';
import { type EncodedMessage, splitSpoolKey } from '../batch.ts';
import { PointReader } from '../point-reader.ts';
import type { FieldType } from '../store.ts';
import type { Catalog, Table } from './catalog.ts';
import { TableBuffer } from './table-buffer.ts';

/** Shapes of series whose places are remembered; more than a gateway of a large school has, and past it all are looked up anew. */
const PLACES_MAX = 200_000;

/** Where the points of one series and shape go. */
interface Place {
  table: Table;
  series: number;
  types: readonly FieldType[];
  /** By field of the shape: the column's place in the table. */
  columns: readonly number[];
}

/** Turns messages of the spool into rows of the tables, straight from their bytes: no object for a point or a value. */
export class Appender {
  readonly #catalog: Catalog;
  readonly #buffers = new Map<Table, TableBuffer>();
  /** Spool key → shape → place. */
  readonly #places = new Map<string, Map<string, Place>>();
  #placeCount = 0;

  constructor(catalog: Catalog) {
    this.#catalog = catalog;
  }

  /** Takes in messages, making tables, columns and series as they need them in transactions of their own. */
  async take(messages: readonly EncodedMessage[]): Promise<void> {
    for (const buffer of this.#buffers.values()) buffer.clear();
    for (const { key, body } of messages) {
      const reader = new PointReader(body);
      const places = this.#placesOf(key);
      while (reader.next()) {
        const place = places.get(reader.shapeKey) ?? (await this.#find(key, reader));
        this.#addRow(place, reader);
      }
    }
  }

  /** What was taken in, by table. */
  filled(): TableBuffer[] {
    return [...this.#buffers.values()].filter(({ rows }) => rows > 0);
  }

  /** Appends what was taken in inside the connection's open transaction. */
  async append(connection: DuckDBConnection): Promise<void> {
    for (const buffer of this.filled()) await buffer.append(connection);
  }

  /** The minutes since 1970 in which what was taken in lies, by measurement. */
  minutes(): Map<string, ReadonlySet<number>> {
    return new Map([...this.#buffers].map(([{ measurement }, { minutes }]) => [measurement, minutes]));
  }

  #addRow({ table, series, types, columns }: Place, reader: PointReader): void {
    const buffer = this.#bufferOf(table);
    const row = buffer.addRow(reader.time, series);
    for (const [index, type] of types.entries()) {
      const value = type === 'number' ? reader.number() : reader.value(type);
      buffer.column(columns[index]!).add(row, value);
    }
  }

  /** Finds, and where necessary makes, the place of the record at which the reader stands. */
  async #find(key: string, reader: PointReader): Promise<Place> {
    const shape = reader.shape();
    const { table, series } = await this.#catalog.grow({ ...splitSpoolKey(key), ...shape });
    const columns = shape.fields.map((field, index) =>
      table.columns.findIndex((known) => known.field === field && known.type === shape.types[index]),
    );
    if (this.#placeCount >= PLACES_MAX) this.forget();
    const place = { table, series, types: shape.types, columns };
    this.#placesOf(key).set(reader.shapeKey, place);
    this.#placeCount++;
    return place;
  }

  #placesOf(key: string): Map<string, Place> {
    let places = this.#places.get(key);
    if (places === undefined) {
      places = new Map();
      this.#places.set(key, places);
    }
    return places;
  }

  #bufferOf(table: Table): TableBuffer {
    let buffer = this.#buffers.get(table);
    if (buffer === undefined) {
      buffer = new TableBuffer(table);
      this.#buffers.set(table, buffer);
    }
    return buffer;
  }

  /** Forgets where series go, after some of them were erased: each is looked up anew. */
  forget(): void {
    this.#places.clear();
    this.#placeCount = 0;
  }
}
