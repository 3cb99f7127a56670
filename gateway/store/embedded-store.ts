import type { ExportQuery, ExportResult } from './export-query.ts';
import type { Store } from './store.ts';

/** A store whose data lie in a file of the home: a backup holds it, and the gateway itself can export from it. */
export interface EmbeddedStore extends Store {
  /**
   * Copies the whole store to a file that does not exist yet, as it is at one moment. Queries are answered meanwhile, writes wait.
   * @throws CampusError `disk_full`, `store_unavailable`; the signal's reason when it ends the copying
   */
  snapshot(target: string, signal: AbortSignal): Promise<void>;
  /**
   * Writes the points of a range to a file. Queries and writes go on meanwhile.
   * @throws CampusError `not_found`, `request_invalid`, `disk_full`, `store_unavailable`; the signal's reason
   */
  export(query: ExportQuery, path: string, signal: AbortSignal): Promise<ExportResult>;
}

export function isEmbedded(store: Store): store is EmbeddedStore {
  return 'snapshot' in store && 'export' in store;
}
