import type { DuckDBConnection } from '@duckdb/node-api';
import type { ErasedSubject } from '../store.ts';
import type { Catalog, SeriesEntry, Table } from './catalog.ts';
import { quoteIdentifier, quoteText } from './quote.ts';
import { rollback } from './rollback.ts';
import { type RollupTier, rollupTable } from './rollup-sql.ts';

/** Rows of 16 bytes that are written at once to blank free room: a few megabytes. */
const BLANK_ROWS = 500_000;
/** DuckDB takes free blocks first, but not every last one. */
const BLANK_ROUNDS_MAX = 10_000;

interface EraseFrom {
  connection: DuckDBConnection;
  catalog: Catalog;
  /** The tiers of a measurement that there are. */
  rollupsOf: (measurement: string) => readonly RollupTier[];
}

/**
 * Deletes a subject's points and averages, and what its series are called, in one transaction, and then writes the tables anew whose texts may
 * hold more of it. Which those are is noted in the same transaction: a process that is killed goes on with them when it is asked again.
 */
export async function erase({ connection, catalog, rollupsOf }: EraseFrom, subject: ErasedSubject): Promise<void> {
  await connection.run('CREATE TABLE IF NOT EXISTS campus.rewrites (measurement VARCHAR NOT NULL)');
  const entries = catalog.series.filter((entry) => isOf(entry, subject));
  await connection.run('BEGIN TRANSACTION');
  try {
    for (const table of catalog.tables.values()) {
      const ids = entries.filter(({ measurement }) => measurement === table.measurement).map(({ id }) => id);
      let deleted = 0;
      for (const sql of statements(table, { ids, subject, tiers: rollupsOf(table.measurement) })) {
        deleted += (await connection.run(sql)).rowsChanged;
      }
      if (deleted === 0 || textColumns(table).length === 0) continue;
      await connection.run('INSERT INTO campus.rewrites VALUES ($1)', [table.measurement]);
    }
    if (entries.length > 0) {
      const ids = entries.map(({ id }) => id).join(', ');
      await connection.run(`UPDATE campus.series SET site = '', device = '', tags = '{}' WHERE id IN (${ids})`);
    }
    await connection.run('COMMIT');
  } catch (error) {
    await rollback(connection);
    throw error;
  }
  catalog.forget(entries);
  const rows = await connection.runAndReadAll('SELECT DISTINCT measurement FROM campus.rewrites');
  for (const [measurement] of rows.getRows()) {
    const table = catalog.tables.get(String(measurement));
    if (table !== undefined) await rewrite(connection, table);
  }
}

/** Writes a table anew: of a deleted row DuckDB keeps the values for as long as others lie beside them, and its texts may name somebody. */
async function rewrite(connection: DuckDBConnection, { table, measurement }: Table): Promise<void> {
  const name = quoteIdentifier(table);
  // No measurement has a space in its name.
  const fresh = quoteIdentifier(`${table} rewritten`);
  await connection.run('BEGIN TRANSACTION');
  try {
    await connection.run(`CREATE TABLE ${fresh} AS FROM ${name}`);
    for (const column of ['time', 'series']) {
      await connection.run(`ALTER TABLE ${fresh} ALTER COLUMN "${column}" SET NOT NULL`);
    }
    await connection.run(`DROP TABLE ${name}`);
    await connection.run(`ALTER TABLE ${fresh} RENAME TO ${name}`);
    await connection.run('DELETE FROM campus.rewrites WHERE measurement = $1', [measurement]);
    await connection.run('COMMIT');
  } catch (error) {
    await rollback(connection);
    throw error;
  }
}

function textColumns({ columns }: Table): string[] {
  return columns.filter(({ type }) => type === 'string').map(({ column }) => quoteIdentifier(column));
}

/**
 * Writes the file anew as far as it holds what was deleted, and something else over the room that is free then: DuckDB itself leaves deleted
 * values in its blocks until it needs them.
 */
export async function blankFreeBlocks(connection: DuckDBConnection): Promise<void> {
  await connection.run('CHECKPOINT');
  await connection.run('CREATE OR REPLACE TABLE campus.blank (filler UUID)');
  try {
    for (let round = 0; round < BLANK_ROUNDS_MAX && (await freeBlocks(connection)) > 0; round++) {
      await connection.run(`INSERT INTO campus.blank SELECT gen_random_uuid() FROM range(${BLANK_ROWS})`);
      await connection.run('CHECKPOINT');
    }
  } finally {
    await connection.run('DROP TABLE campus.blank');
    await connection.run('CHECKPOINT');
  }
}

async function freeBlocks(connection: DuckDBConnection): Promise<number> {
  const rows = await connection.runAndReadAll('SELECT free_blocks FROM pragma_database_size()');
  return Number(rows.getRows()[0]?.[0] ?? 0);
}

function isOf({ site, device, tags }: SeriesEntry, subject: ErasedSubject): boolean {
  if ('text' in subject) return Object.values(tags).includes(subject.text);
  return site === subject.site && device === subject.device;
}

interface What {
  ids: readonly number[];
  subject: ErasedSubject;
  tiers: readonly RollupTier[];
}

function statements(of: Table, { ids, subject, tiers }: What): string[] {
  const { table } = of;
  const name = quoteIdentifier(table);
  const all = ids.length === 0 ? [] : [name, ...tiers.map((tier) => rollupTable(table, tier))];
  const ofSeries = all.map((from) => `DELETE FROM ${from} WHERE "series" IN (${ids.join(', ')})`);
  if (!('text' in subject)) return ofSeries;
  const texts = textColumns(of);
  if (texts.length === 0) return ofSeries;
  const holds = texts.map((column) => `contains(${column}, ${quoteText(subject.text)})`);
  return [...ofSeries, `DELETE FROM ${name} WHERE ${holds.join(' OR ')}`];
}
