import type { HistoryRows } from '../history.ts';
import type { Point } from '../store.ts';
import type { Catalog, Table } from './catalog.ts';
import { quoteIdentifier } from './quote.ts';

/** How rows of one measurement are read. DuckDB skips the row groups that lie outside of the range, so a page costs what it holds. */
export function historyRows(
  read: (sql: string) => Promise<unknown[][]>,
  catalog: Catalog,
  measurement: string,
): HistoryRows {
  const table = catalog.tables.get(measurement);
  if (table === undefined) return { read: async () => [] };
  const columns = ['"series"', 'epoch_ms("time")', ...table.columns.map(({ column }) => quoteIdentifier(column))];
  const select = `SELECT ${columns.join(', ')} FROM ${quoteIdentifier(table.table)}`;
  return {
    read: async ({ from, to }, limit) => {
      const where = `WHERE "time" >= make_timestamp_ms(${Math.floor(from)}) AND "time" < make_timestamp_ms(${Math.floor(to)})`;
      const cut = limit === undefined ? '' : `LIMIT ${limit}`;
      const rows = await read(`${select} ${where} ORDER BY "time" ${cut}`);
      return rows.map((row) => pointOf(catalog, table, row));
    },
  };
}

function pointOf(catalog: Catalog, { columns }: Table, [id, time, ...values]: readonly unknown[]): Point {
  const { site, device, measurement, tags } = catalog.series[Number(id) - 1]!;
  const fields: Point['fields'] = {};
  for (const [index, { field }] of columns.entries()) {
    const value = values[index];
    if (value !== null && value !== undefined) fields[field] = value as string | number | boolean;
  }
  return { site, device, measurement, tags, fields, time: Number(time) };
}
