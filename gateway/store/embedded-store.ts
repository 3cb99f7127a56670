import type { ExportQuery, ExportResult } from './export-query.ts';
import type { Store } from './store.ts';
import type { StoredExtent } from './store-extent.ts';

/** A store whose data lie in a file of the home: a backup holds it, and the gateway itself can export from it and count in it. */
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
  /** How many points and averages of each measurement there are, and since when. Queries and writes go on meanwhile. */
  extents(): Promise<StoredExtent[]>;
}

export function isEmbedded(store: Store): store is EmbeddedStore {
  return 'snapshot' in store && 'export' in store;
}
