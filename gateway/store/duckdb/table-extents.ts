import type { DuckDBConnection } from '@duckdb/node-api';
import { CampusError } from '../../../contract/errors.ts';
import type { StoredExtent, StoredPart } from '../store-extent.ts';
import type { Catalog } from './catalog.ts';
import { quoteIdentifier } from './quote.ts';
import { type RollupTier, rollupTable } from './rollup-sql.ts';

const partOf: Readonly<Record<RollupTier, StoredPart>> = { minute: 'minutes', hour: 'hours' };

interface CountFrom {
  catalog: Catalog;
  /** The tiers of a measurement that there are. */
  rollupsOf: (measurement: string) => readonly RollupTier[];
}

/**
 * Counts every measurement's points and averages. No more than one column of each table is read for that.
 * @throws CampusError `store_unavailable`
 */
export async function tableExtents(
  connection: DuckDBConnection,
  { catalog, rollupsOf }: CountFrom,
): Promise<StoredExtent[]> {
  const extents: StoredExtent[] = [];
  for (const { measurement, table } of [...catalog.tables.values()]) {
    const parts: [StoredPart, string][] = [
      ['points', quoteIdentifier(table)],
      ...rollupsOf(measurement).map((tier): [StoredPart, string] => [partOf[tier], rollupTable(table, tier)]),
    ];
    for (const [part, name] of parts) extents.push({ measurement, part, ...(await countIn(connection, name)) });
  }
  return extents;
}

async function countIn(connection: DuckDBConnection, table: string): Promise<{ count: number; oldest?: number }> {
  try {
    const rows = await connection.runAndReadAll(`SELECT count(*), epoch_ms(min("time")) FROM ${table}`);
    const [count, oldest] = rows.getRows()[0] ?? [];
    return {
      count: Number(count ?? 0),
      ...(oldest === null || oldest === undefined ? {} : { oldest: Number(oldest) }),
    };
  } catch (error) {
    throw new CampusError('store_unavailable', `DuckDB cannot count: ${(error as Error).message}`, { cause: error });
  }
}
