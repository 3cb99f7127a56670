import type { ErrorCode } from '../../contract/errors.ts';
import type { DrainReport } from './drain.ts';
import type { DuckDbOptions } from './duckdb/default-options.ts';
import type { ExportQuery } from './export-query.ts';
import type { Retention } from './retention.ts';
import type { ErasedSubject, LatestQuery, SeriesQuery } from './store.ts';

/** What the main thread and the store's thread say to each other. */

export interface StoreWorkerData {
  gatewayDir: string;
  /** The primary first, then the mirrors. */
  locations: readonly string[];
  /** The registry's file, which this thread checkpoints. */
  registryPath: string;
  retention: Retention;
  duckdb: DuckDbOptions;
}

export type StoreRequest =
  | { op: 'start'; spoolPath: string }
  | { op: 'latest'; query: LatestQuery }
  | { op: 'series'; query: SeriesQuery }
  | { op: 'fieldTypes' }
  | { op: 'extents' }
  | { op: 'erase'; subject: ErasedSubject; upTo: number }
  | { op: 'scrub' }
  | { op: 'snapshot'; path: string }
  | { op: 'export'; query: ExportQuery; path: string }
  /** Much waits in the spool: the stores are to take it now. */
  | { op: 'hurry' }
  /** Collects the garbage of the store's thread. */
  | { op: 'collect' }
  /** Ends the request with this number, which is then answered with an error. */
  | { op: 'cancel'; id: number }
  | { op: 'close' };

export interface NumberedRequest {
  id: number;
  request: StoreRequest;
}

export type FromStoreWorker =
  | { kind: 'opened'; positions: number[]; notes: string[] }
  | { kind: 'failed'; code: ErrorCode; message: string }
  | { kind: 'answer'; id: number; value: unknown }
  | { kind: 'error'; id: number; code: ErrorCode; message: string }
  | { kind: 'drained'; consumer: string; report: DrainReport }
  | { kind: 'set-aside'; consumer: string; key: string; body: Uint8Array; code: ErrorCode; message: string }
  | { kind: 'taken-after-all'; consumer: string; messages: number }
  | { kind: 'away'; consumer: string; message: string; retryInMs: number }
  | { kind: 'maintenance-failed'; message: string };
