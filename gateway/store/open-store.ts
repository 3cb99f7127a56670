import { join } from 'node:path';
import type { DuckDbOptions } from './duckdb/default-options.ts';
import type { Store } from './store.ts';
import { parseStoreLocation } from './store-location.ts';

/** Opens the store that a configuration line names. DuckDB's file lies in the gateway's directory. */
export async function openStore(
  location: string,
  { gatewayDir, duckdb }: { gatewayDir: string; duckdb: DuckDbOptions },
): Promise<Store> {
  const parsed = parseStoreLocation(location);
  // Loaded only where it is used: each store's library takes tens of megabytes.
  if (parsed.kind === 'duckdb') {
    const { DuckDbStore } = await import('./duckdb/duckdb-store.ts');
    return DuckDbStore.open(join(gatewayDir, 'store.duckdb'), duckdb);
  }
  const { InfluxDbStore } = await import('./influxdb/influxdb-store.ts');
  return new InfluxDbStore(parsed.target);
}
