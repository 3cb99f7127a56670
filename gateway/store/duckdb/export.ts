import { statSync } from 'node:fs';
import { type DuckDBConnection, DuckDBDataChunk, INTEGER, VARCHAR } from '@duckdb/node-api';
import { CampusError } from '../../../contract/errors.ts';
import type { ExportQuery, ExportResult } from '../export-query.ts';
import type { Catalog, SeriesEntry, Table } from './catalog.ts';
import { exportColumns, exportSql, SERIES_TABLE } from './export-sql.ts';
import { quoteIdentifier } from './quote.ts';

/** Rows of one data chunk: DuckDB's vector size. */
const CHUNK_ROWS = 2048;
/** Different tag keys of one file: each is a column. A device that invents keys must not make a table of thousands. */
const TAG_KEYS_MAX = 256;

/**
 * Writes the points of a range to a file, one row each with its site, device, tags and fields, by time.
 * @param connection of its own: what asks the store meanwhile does not wait for it
 * @param signal ends it; the file may be there in part then
 * @throws CampusError `not_found` for a measurement or field that there is not, `request_invalid`, `store_unavailable`
 */
export async function exportPoints(
  { connection, catalog }: { connection: DuckDBConnection; catalog: Catalog },
  query: ExportQuery,
  path: string,
  signal: AbortSignal,
): Promise<ExportResult> {
  const table = tableOf(catalog, query);
  const series = catalog.series.filter((entry) => isWanted(entry, query));
  const keys = [...new Set(series.flatMap(({ tags }) => Object.keys(tags)))].sort();
  if (keys.length > TAG_KEYS_MAX) {
    throw new CampusError(
      'request_invalid',
      `expected series with at most ${TAG_KEYS_MAX} different tag keys, got ${keys.length}: narrow it by device`,
    );
  }
  const columns = exportColumns(table, keys, query);
  const interrupt = (): void => connection.interrupt();
  signal.addEventListener('abort', interrupt);
  try {
    await putSeries(connection, series, keys);
    signal.throwIfAborted();
    return { rows: await copy(connection, exportSql({ table: table.table, columns, query, path })), bytes: size(path) };
  } catch (error) {
    signal.throwIfAborted();
    throw toCampusError(error);
  } finally {
    signal.removeEventListener('abort', interrupt);
  }
}

function tableOf(catalog: Catalog, { measurement, fields }: ExportQuery): Table {
  const table = catalog.tables.get(measurement);
  if (table === undefined) {
    const known = [...catalog.tables.keys()].sort().join(', ');
    throw new CampusError('not_found', `expected a measurement that the store has (${known}), got ${measurement}`);
  }
  const missing = fields.find((field) => !table.columns.some((column) => column.field === field));
  if (missing !== undefined) {
    const known = table.columns.map(({ field }) => field).join(', ');
    throw new CampusError('not_found', `expected a field of ${measurement} (${known}), got ${missing}`);
  }
  return table;
}

function isWanted({ measurement, site, device }: SeriesEntry, query: ExportQuery): boolean {
  return (
    measurement === query.measurement &&
    (query.sites.length === 0 || query.sites.includes(site)) &&
    (query.devices.length === 0 || query.devices.includes(device))
  );
}

/** Puts the wanted series, with a column per tag key, into a table that only this connection sees. */
async function putSeries(
  connection: DuckDBConnection,
  series: readonly SeriesEntry[],
  keys: readonly string[],
): Promise<void> {
  const tags = keys.map((_, index) => `, tag_${index} VARCHAR`).join('');
  await connection.run(
    `CREATE TEMP TABLE ${quoteIdentifier(SERIES_TABLE)} (id INTEGER, site VARCHAR, device VARCHAR${tags})`,
  );
  const appender = await connection.createAppender(SERIES_TABLE, 'main', 'temp');
  const types = [INTEGER, VARCHAR, VARCHAR, ...keys.map(() => VARCHAR)];
  for (let start = 0; start < series.length; start += CHUNK_ROWS) {
    const rows = series.slice(start, start + CHUNK_ROWS);
    const chunk = DuckDBDataChunk.create(types, rows.length);
    const columns = [
      rows.map(({ id }) => id),
      rows.map(({ site }) => site),
      rows.map(({ device }) => device),
      ...keys.map((key) => rows.map(({ tags }) => (Object.hasOwn(tags, key) ? (tags[key] ?? null) : null))),
    ];
    for (const [index, values] of columns.entries()) chunk.setColumnValues(index, values);
    appender.appendDataChunk(chunk);
  }
  appender.closeSync();
}

async function copy(connection: DuckDBConnection, sql: string): Promise<number> {
  return Number((await connection.runAndReadAll(sql)).getRows()[0]?.[0] ?? 0);
}

function size(path: string): number {
  return statSync(path).size;
}

function toCampusError(error: unknown): unknown {
  if (error instanceof CampusError) return error;
  const { message } = error as Error;
  if (message.includes('No space left')) {
    return new CampusError('disk_full', 'there is no room for this export: free some, or ask for less', {
      cause: error,
    });
  }
  return new CampusError('store_unavailable', `DuckDB cannot export: ${message}`, { cause: error });
}
