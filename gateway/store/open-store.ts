import { join } from 'node:path';
import type { DuckDbOptions } from './duckdb/default-options.ts';
import type { Store, StoreNeeds } from './store.ts';
import { parseStoreLocation } from './store-location.ts';

/** DuckDB's file in the gateway's directory. */
export function duckDbFile(gatewayDir: string): string {
  return join(gatewayDir, 'store.duckdb');
}

/**
 * Opens the store that a configuration line names. DuckDB's file lies in the gateway's directory.
 * @throws CampusError `home_locked` when another process holds that file, `store_misconfigured` when a secret's file cannot be read
 */
export async function openStore(
  location: string,
  { gatewayDir, needs, duckdb }: { gatewayDir: string; needs: StoreNeeds; duckdb?: DuckDbOptions },
): Promise<Store> {
  const parsed = parseStoreLocation(location);
  // Loaded only where it is used: each store's library takes tens of megabytes.
  switch (parsed.kind) {
    case 'duckdb': {
      const { ReopeningStore } = await import('./duckdb/reopening-store.ts');
      return ReopeningStore.open(duckDbFile(gatewayDir), duckdb);
    }
    case 'influxdb': {
      const { InfluxDbStore } = await import('./influxdb/influxdb-store.ts');
      return new InfluxDbStore(parsed.target, needs);
    }
    case 'victoriametrics': {
      const { VictoriaMetricsStore } = await import('./victoriametrics/victoriametrics-store.ts');
      return new VictoriaMetricsStore(parsed.target, needs, { now: Date.now, elapsed: () => performance.now() });
    }
  }
}
