import {
  BOOLEAN,
  DOUBLE,
  type DuckDBConnection,
  DuckDBDataChunk,
  DuckDBTimestampMillisecondsValue,
  type DuckDBType,
  INTEGER,
  TIMESTAMP_MS,
  VARCHAR,
} from '@duckdb/node-api';
import type { FieldType } from '../store.ts';
import type { Table } from './catalog.ts';
import { type ColumnBuffer, NumberBuffer, ValueBuffer } from './column-buffer.ts';

/** Rows of one data chunk: DuckDB's vector size. */
const CHUNK_ROWS = 2048;
const MINUTE_MS = 60_000;

const columnTypes: Record<FieldType, DuckDBType> = { number: DOUBLE, string: VARCHAR, boolean: BOOLEAN };

/** The rows of one table that the next transaction appends, column by column. */
export class TableBuffer {
  readonly table: Table;
  readonly #times: number[] = [];
  readonly #series: number[] = [];
  readonly #columns: ColumnBuffer[] = [];
  /** The minutes since 1970 in which rows lie. */
  readonly minutes = new Set<number>();
  #lastMinute = Number.NaN;

  constructor(table: Table) {
    this.table = table;
  }

  get rows(): number {
    return this.#times.length;
  }

  /** Begins a row; its values follow by `column`. @returns the row's number */
  addRow(time: number, series: number): number {
    this.#series.push(series);
    const minute = Math.floor(time / MINUTE_MS);
    if (minute !== this.#lastMinute) this.minutes.add(minute);
    this.#lastMinute = minute;
    return this.#times.push(time) - 1;
  }

  /** The buffer of a column, by its place among the table's columns. */
  column(index: number): ColumnBuffer {
    let column = this.#columns[index];
    if (column === undefined) {
      column = this.table.columns[index]!.type === 'number' ? new NumberBuffer() : new ValueBuffer();
      this.#columns[index] = column;
    }
    return column;
  }

  clear(): void {
    this.#times.length = 0;
    this.#series.length = 0;
    for (const column of this.#columns) column?.clear();
    this.minutes.clear();
    this.#lastMinute = Number.NaN;
  }

  /** The first and the last moment of the rows, ms. */
  range(): { first: number; last: number } {
    let [first, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (const time of this.#times) {
      first = Math.min(first, time);
      last = Math.max(last, time);
    }
    return { first, last };
  }

  /** Appends everything inside the connection's open transaction. @param target another table with the same columns */
  async append(connection: DuckDBConnection, target = this.table.table): Promise<void> {
    const { columns } = this.table;
    const types: DuckDBType[] = [TIMESTAMP_MS, INTEGER, ...columns.map(({ type }) => columnTypes[type])];
    const appender = await connection.createAppender(target);
    const from = columns.map(() => 0);
    for (let start = 0; start < this.rows; start += CHUNK_ROWS) {
      const end = Math.min(start + CHUNK_ROWS, this.rows);
      const chunk = DuckDBDataChunk.create(types, end - start);
      this.#fillKeys(chunk, start, end);
      for (const index of columns.keys()) {
        const vector = chunk.getColumnVector(index + 2);
        from[index] = this.column(index).fill(vector, { start, end, from: from[index]! });
        vector.flush();
      }
      appender.appendDataChunk(chunk);
    }
    appender.closeSync();
  }

  #fillKeys(chunk: DuckDBDataChunk, start: number, end: number): void {
    const times = chunk.getColumnVector(0);
    const series = chunk.getColumnVector(1);
    for (let row = start; row < end; row++) {
      times.setItem(row - start, new DuckDBTimestampMillisecondsValue(BigInt(this.#times[row]!)));
      series.setItem(row - start, this.#series[row]!);
    }
    times.flush();
    series.flush();
  }
}
