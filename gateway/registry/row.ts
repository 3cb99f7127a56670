import type { SQLOutputValue } from 'node:sqlite';

/** One row as node:sqlite returns it. These functions read its columns as the schema of `migrations.ts` declares them. */
export type Row = Record<string, SQLOutputValue>;

/** A TEXT column that is never null. */
export function text(row: Row, column: string): string {
  const value = row[column];
  if (typeof value === 'string') return value;
  throw new TypeError(`column ${column}: expected text, got ${typeof value}`);
}

/** An INTEGER column that is never null. */
export function integer(row: Row, column: string): number {
  const value = row[column];
  if (typeof value === 'number') return value;
  throw new TypeError(`column ${column}: expected an integer, got ${typeof value}`);
}

/** A TEXT column, undefined where it is null. */
export function optionalText(row: Row, column: string): string | undefined {
  return row[column] === null ? undefined : text(row, column);
}

/** An INTEGER column, undefined where it is null. */
export function optionalInteger(row: Row, column: string): number | undefined {
  return row[column] === null ? undefined : integer(row, column);
}
