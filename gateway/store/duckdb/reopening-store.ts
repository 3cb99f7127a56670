import type { EmbeddedStore } from '../embedded-store.ts';
import type { ExportQuery, ExportResult } from '../export-query.ts';
import type {
  Batch,
  ErasedSubject,
  FieldTypes,
  HistoryPage,
  HistoryQuery,
  LatestQuery,
  Point,
  SeriesQuery,
  SeriesResult,
} from '../store.ts';
import type { StoredExtent } from '../store-extent.ts';
import type { DuckDbOptions } from './default-options.ts';
import { DuckDbStore } from './duckdb-store.ts';
import { isInvalidated } from './invalidated.ts';

/**
 * A DuckDB store that is opened anew when DuckDB has given it up, as it does when a full disk ends a checkpoint half-way. What was committed
 * lies in the write-ahead log, so nothing is lost by that; the call that found out fails, and the next one finds a store that works, or
 * is told why the file still cannot be opened.
 */
export class ReopeningStore implements EmbeddedStore {
  readonly name = 'duckdb';
  readonly #path: string;
  readonly #options: DuckDbOptions | undefined;
  #opening: Promise<DuckDbStore> | undefined;
  /** Settles when the store that was given up has let go of the file. */
  #letGo: Promise<void> = Promise.resolve();

  private constructor(path: string, options: DuckDbOptions | undefined, store: DuckDbStore) {
    this.#path = path;
    this.#options = options;
    this.#opening = Promise.resolve(store);
  }

  /** @throws CampusError as `DuckDbStore.open` */
  static async open(path: string, options?: DuckDbOptions): Promise<ReopeningStore> {
    return new ReopeningStore(path, options, await DuckDbStore.open(path, options));
  }

  check(): Promise<string[]> {
    return this.#on((store) => store.check());
  }

  position(): Promise<number> {
    return this.#on((store) => store.position());
  }

  write(batch: Batch): Promise<{ skipped: number }> {
    return this.#on((store) => store.write(batch));
  }

  merge(batch: Batch): Promise<{ skipped: number }> {
    return this.#on((store) => store.merge(batch));
  }

  fieldTypes(): Promise<FieldTypes> {
    return this.#on((store) => store.fieldTypes());
  }

  latest(query: LatestQuery): Promise<Point[]> {
    return this.#on((store) => store.latest(query));
  }

  series(query: SeriesQuery): Promise<SeriesResult> {
    return this.#on((store) => store.series(query));
  }

  read(query: HistoryQuery): Promise<HistoryPage> {
    return this.#on((store) => store.read(query));
  }

  deleteOlderThan(
    measurement: string,
    before: number,
    rollupsBefore?: { minute: number; hour: number },
  ): Promise<void> {
    return this.#on((store) => store.deleteOlderThan(measurement, before, rollupsBefore));
  }

  erase(subject: ErasedSubject): Promise<{ note?: string }> {
    return this.#on((store) => store.erase(subject));
  }

  maintain(now: number): Promise<void> {
    return this.#on((store) => store.maintain(now));
  }

  snapshot(target: string, signal: AbortSignal): Promise<void> {
    return this.#on((store) => store.snapshot(target, signal));
  }

  export(query: ExportQuery, path: string, signal: AbortSignal): Promise<ExportResult> {
    return this.#on((store) => store.export(query, path, signal));
  }

  extents(): Promise<StoredExtent[]> {
    return this.#on((store) => store.extents());
  }

  async close(): Promise<void> {
    await this.#letGo;
    await (await this.#opening)?.close();
  }

  async #on<T>(work: (store: DuckDbStore) => Promise<T>): Promise<T> {
    this.#opening ??= this.#open();
    const opening = this.#opening;
    const store = await opening;
    try {
      return await work(store);
    } catch (error) {
      // Several calls may find out at once; the first of them gives the store up.
      if (isInvalidated(error) && this.#opening === opening) {
        this.#opening = undefined;
        this.#letGo = store.abandon();
      }
      throw error;
    }
  }

  async #open(): Promise<DuckDbStore> {
    try {
      await this.#letGo;
      return await DuckDbStore.open(this.#path, this.#options);
    } catch (error) {
      this.#opening = undefined;
      throw error;
    }
  }
}
