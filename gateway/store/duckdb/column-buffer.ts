import type { DuckDBVector } from '@duckdb/node-api';
import type { FieldValue } from '../../../contract/telemetry.ts';

/** Rows of a buffer at first; it doubles as needed and keeps its size for the next batch. */
const FIRST_ROWS = 256;

/** A range of rows, and where in a column's values the first of them is to be looked for. */
export interface RowRange {
  start: number;
  end: number;
  from: number;
}

/** The values of one column with the rows they stand in, ascending: a row that is not named has none. */
export interface ColumnBuffer {
  add(row: number, value: FieldValue): void;
  clear(): void;
  /** Puts a range of rows into a vector; returns where the values of the row after it are. */
  fill(vector: DuckDBVector, range: RowRange): number;
}

/** Numbers, without an object for each. */
export class NumberBuffer implements ColumnBuffer {
  #rows = new Uint32Array(FIRST_ROWS);
  #values = new Float64Array(FIRST_ROWS);
  #length = 0;

  add(row: number, value: FieldValue): void {
    if (this.#length === this.#rows.length) this.#grow();
    this.#rows[this.#length] = row;
    this.#values[this.#length++] = Number(value);
  }

  clear(): void {
    this.#length = 0;
  }

  fill(vector: DuckDBVector, { start, end, from }: RowRange): number {
    let at = from;
    for (let row = start; row < end; row++) {
      const present = at < this.#length && this.#rows[at] === row;
      vector.setItem(row - start, present ? this.#values[at++]! : null);
    }
    return at;
  }

  #grow(): void {
    const rows = new Uint32Array(this.#rows.length * 2);
    const values = new Float64Array(rows.length);
    rows.set(this.#rows);
    values.set(this.#values);
    this.#rows = rows;
    this.#values = values;
  }
}

/** Texts and truth values. */
export class ValueBuffer implements ColumnBuffer {
  #rows: number[] = [];
  #values: FieldValue[] = [];

  add(row: number, value: FieldValue): void {
    this.#rows.push(row);
    this.#values.push(value);
  }

  clear(): void {
    this.#rows = [];
    this.#values = [];
  }

  fill(vector: DuckDBVector, { start, end, from }: RowRange): number {
    let at = from;
    for (let row = start; row < end; row++) {
      vector.setItem(row - start, this.#rows[at] === row ? this.#values[at++]! : null);
    }
    return at;
  }
}
