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
  /** By field of the shape: the column's place in the table, or −1 when the column has another type. */
  columns: readonly number[];
}

/** Turns messages of the spool into rows of the tables, straight from their bytes: no object for a point or a value. */
export class Appender {
  readonly #catalog: Catalog;
  readonly #buffers = new Map<Table, TableBuffer>();
  /** Spool key → shape → place. */
  readonly #places = new Map<string, Map<string, Place>>();
  #placeCount = 0;
  #skipped = 0;

  constructor(catalog: Catalog) {
    this.#catalog = catalog;
  }

  /**
   * Takes in messages, making tables, columns and series as they need them in transactions of their own.
   * @returns how many values are left out because the store holds their field with another type
   */
  async take(messages: readonly EncodedMessage[]): Promise<number> {
    for (const buffer of this.#buffers.values()) buffer.clear();
    this.#skipped = 0;
    for (const { key, body } of messages) {
      const reader = new PointReader(body);
      const places = this.#placesOf(key);
      while (reader.next()) {
        const place = places.get(reader.shapeKey) ?? (await this.#find(key, reader));
        this.#addRow(place, reader);
      }
    }
    return this.#skipped;
  }

  /** Appends what was taken in inside the connection's open transaction. */
  async append(connection: DuckDBConnection): Promise<void> {
    for (const buffer of this.#buffers.values()) if (buffer.rows > 0) await buffer.append(connection);
  }

  #addRow({ table, series, types, columns }: Place, reader: PointReader): void {
    const buffer = this.#bufferOf(table);
    const row = buffer.addRow(reader.time, series);
    for (const [index, type] of types.entries()) {
      const value = type === 'number' ? reader.number() : reader.value(type);
      const column = columns[index]!;
      if (column === -1) this.#skipped++;
      else buffer.column(column).add(row, value);
    }
  }

  /** Finds, and where necessary makes, the place of the record at which the reader stands. */
  async #find(key: string, reader: PointReader): Promise<Place> {
    const shape = reader.shape();
    const { table, series } = await this.#catalog.grow({ ...splitSpoolKey(key), ...shape });
    const columns = shape.fields.map((field, index) => {
      const column = table.columns.findIndex((known) => known.field === field);
      return table.columns[column]?.type === shape.types[index] ? column : -1;
    });
    if (this.#placeCount >= PLACES_MAX) this.#forget();
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

  #forget(): void {
    this.#places.clear();
    this.#placeCount = 0;
  }
}
