import { EventEmitter } from 'node:events';
import { Worker } from 'node:worker_threads';
import { CampusError, type ErrorCode } from '../../contract/errors.ts';
import type { DrainReport } from './drain.ts';
import type { ExportQuery, ExportResult } from './export-query.ts';
import type { FromStoreWorker, StoreRequest, StoreWorkerData } from './protocol.ts';
import type { ErasedSubject, FieldTypes, LatestQuery, Point, SeriesQuery } from './store.ts';
import type { StoreExtent } from './store-extent.ts';

/** Batches pass through this thread and die young; without a bound V8 would let them take 32 MB before it looks. */
const YOUNG_GENERATION_MB = 16;

/** Messages that wait in the spool before the stores are told to hurry: most of one of their batches. */
const HURRY_MESSAGES = 4000;

interface StoreClientEvents {
  drained: [consumer: string, report: DrainReport];
  /** A message that a store does not take, by its key and body, and why. */
  'set-aside': [consumer: string, refused: { key: string; body: Uint8Array; code: ErrorCode; message: string }];
  /** So many messages that had been set aside were taken at a later try. */
  'taken-after-all': [consumer: string, messages: number];
  away: [consumer: string, message: string, retryInMs: number];
  'maintenance-failed': [message: string];
  /** The thread died; what is in the spool is safe, and the process should end so that its supervisor starts it afresh. */
  died: [error: Error];
}

type Opened = Extract<FromStoreWorker, { kind: 'opened' }>;

interface Pending {
  resolve: (value: unknown) => void;
  reject: (error: CampusError) => void;
}

/** The stores as the main thread sees them: everything they do happens in a worker thread. */
export class StoreClient extends EventEmitter<StoreClientEvents> {
  readonly #worker: Worker;
  readonly #pending = new Map<number, Pending>();
  #nextId = 1;
  #opened: { resolve: (value: Opened) => void; reject: (error: CampusError) => void } | undefined;
  #closing = false;
  #arrived = 0;

  private constructor(data: StoreWorkerData) {
    super();
    this.#worker = new Worker(new URL('./worker.ts', import.meta.url), {
      workerData: data,
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_GENERATION_MB },
    });
    this.#worker.on('message', (message: FromStoreWorker) => this.#receive(message));
    this.#worker.on('error', (error) => this.#end(error));
    this.#worker.on('exit', (code) => this.#end(new Error(`the store's thread ended with code ${code}`)));
  }

  /**
   * Starts the thread, opens the stores and checks the servers that are there; nothing is drained before `start`.
   * @returns the client, the highest spool position that a store remembers, and what could not be checked
   * @throws CampusError of `openStore`, `store_misconfigured`
   */
  static async open(data: StoreWorkerData): Promise<{ client: StoreClient; position: number; notes: string[] }> {
    const client = new StoreClient(data);
    const { positions, notes } = await new Promise<Opened>((resolve, reject) => {
      client.#opened = { resolve, reject };
    });
    return { client, position: Math.max(0, ...positions), notes };
  }

  /** Begins to drain the spool, whose file must be open. */
  async start(spoolPath: string): Promise<void> {
    await this.#request({ op: 'start', spoolPath });
  }

  /** To be told of each message that the spool has committed: the stores take few of them at their leisure, and many at once. */
  arrived(): void {
    if (++this.#arrived < HURRY_MESSAGES) return;
    this.#arrived = 0;
    // Nobody waits for the answer to this.
    this.#worker.postMessage({ id: this.#nextId++, request: { op: 'hurry' } });
  }

  async latest(query: LatestQuery): Promise<Point[]> {
    return (await this.#request({ op: 'latest', query })) as Point[];
  }

  /** `Store.series` of the primary, as JSON in UTF-8: tens of thousands of points would take longer to pass from thread to thread than to find. */
  async seriesJson(query: SeriesQuery): Promise<Uint8Array> {
    return (await this.#request({ op: 'series', query })) as Uint8Array;
  }

  async fieldTypes(): Promise<FieldTypes> {
    return (await this.#request({ op: 'fieldTypes' })) as FieldTypes;
  }

  /** What each of the stores holds, the primary first. */
  async extents(): Promise<StoreExtent[]> {
    return (await this.#request({ op: 'extents' })) as StoreExtent[];
  }

  /** Collects the garbage of the store's thread, which stands still meanwhile. */
  async collectGarbage(): Promise<void> {
    await this.#request({ op: 'collect' });
  }

  /** Leaves nothing of what was deleted in the files of the spool and the registry, nor in their logs. */
  async scrub(): Promise<void> {
    await this.#request({ op: 'scrub' });
  }

  /**
   * Erases a subject from every store, once each has taken the spool up to a position.
   * @returns what is left to do on servers
   * @throws CampusError `store_unavailable` when a store is away
   */
  async erase(subject: ErasedSubject, upTo: number): Promise<string[]> {
    return (await this.#request({ op: 'erase', subject, upTo })) as string[];
  }

  /** `EmbeddedStore.snapshot` of the store that has a file; false when none of them has. */
  async snapshot(path: string, signal: AbortSignal): Promise<boolean> {
    return (await this.#cancellable({ op: 'snapshot', path }, signal)) as boolean;
  }

  /** `EmbeddedStore.export` of the store that has a file. @throws CampusError `state_conflict` when none of them has */
  async export(query: ExportQuery, path: string, signal: AbortSignal): Promise<ExportResult> {
    return (await this.#cancellable({ op: 'export', query, path }, signal)) as ExportResult;
  }

  /** Drains what the stores take at once, and closes them. */
  async close(): Promise<void> {
    this.#closing = true;
    const exited = new Promise((resolve) => this.#worker.once('exit', resolve));
    await this.#request({ op: 'close' });
    await exited;
  }

  async #cancellable(request: StoreRequest, signal: AbortSignal): Promise<unknown> {
    signal.throwIfAborted();
    const id = this.#nextId;
    // Nobody waits for the answer to this: the request itself ends.
    const cancel = (): void => this.#worker.postMessage({ id: this.#nextId++, request: { op: 'cancel', id } });
    signal.addEventListener('abort', cancel);
    try {
      return await this.#request(request);
    } catch (error) {
      signal.throwIfAborted();
      throw error;
    } finally {
      signal.removeEventListener('abort', cancel);
    }
  }

  #request(request: StoreRequest): Promise<unknown> {
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { resolve, reject });
      this.#worker.postMessage({ id, request });
    });
  }

  #receive(message: FromStoreWorker): void {
    switch (message.kind) {
      case 'opened':
        this.#opened?.resolve(message);
        break;
      case 'failed':
        this.#opened?.reject(new CampusError(message.code, message.message));
        break;
      case 'answer':
        this.#take(message.id)?.resolve(message.value);
        break;
      case 'error':
        this.#take(message.id)?.reject(new CampusError(message.code, message.message));
        break;
      case 'drained':
        this.#arrived = 0;
        this.emit('drained', message.consumer, message.report);
        break;
      case 'set-aside':
        this.emit('set-aside', message.consumer, message);
        break;
      case 'taken-after-all':
        this.emit('taken-after-all', message.consumer, message.messages);
        break;
      case 'away':
        this.emit('away', message.consumer, message.message, message.retryInMs);
        break;
      case 'maintenance-failed':
        this.emit('maintenance-failed', message.message);
        break;
    }
  }

  #take(id: number): Pending | undefined {
    const pending = this.#pending.get(id);
    this.#pending.delete(id);
    return pending;
  }

  #end(error: Error): void {
    const failure = new CampusError('store_unavailable', error.message, { cause: error });
    this.#opened?.reject(failure);
    for (const { reject } of this.#pending.values()) reject(failure);
    this.#pending.clear();
    if (!this.#closing) this.emit('died', error);
  }
}
