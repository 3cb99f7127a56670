import { Worker } from 'node:worker_threads';
import { CampusError } from '../../contract/errors.ts';
import type { ManifestFile } from './manifest.ts';
import type { BackupWork, FromBackupWorker } from './worker.ts';

/** Chunks pass through this thread and die young. */
const YOUNG_GENERATION_MB = 8;

/** The thread of one backup as the main thread sees it. One work at a time. */
export class BackupThread {
  readonly #worker: Worker;
  readonly #onBytes: (bytes: number) => void;
  #current: PromiseWithResolvers<ManifestFile[]> | undefined;
  #failure: CampusError | undefined;

  /** @param onBytes told of bytes that `pack` has done */
  constructor(onBytes: (bytes: number) => void) {
    this.#onBytes = onBytes;
    this.#worker = new Worker(new URL('./worker.ts', import.meta.url), {
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_GENERATION_MB },
    });
    this.#worker.on('message', (message: FromBackupWorker) => this.#receive(message));
    this.#worker.on('error', (error) =>
      this.#die(new CampusError('internal', `the backup's thread died: ${error.message}`)),
    );
    this.#worker.on('exit', () => this.#die(new CampusError('internal', "the backup's thread ended")));
  }

  /** @returns the files of the archive, after `pack` @throws CampusError `disk_full`, `internal` */
  run(work: BackupWork): Promise<ManifestFile[]> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    this.#current = Promise.withResolvers();
    this.#worker.postMessage(work);
    return this.#current.promise;
  }

  /** Ends the thread, whatever it is at. */
  async end(): Promise<void> {
    this.#die(new CampusError('internal', "the backup's thread was ended"));
    await this.#worker.terminate();
  }

  #receive(message: FromBackupWorker): void {
    if (message.kind === 'progress') this.#onBytes(message.bytes);
    else if (message.kind === 'done') this.#current?.resolve(message.files);
    else this.#current?.reject(new CampusError(message.code, message.message));
  }

  /** Without its thread nothing is done any more. */
  #die(error: CampusError): void {
    this.#failure ??= error;
    this.#current?.reject(this.#failure);
  }
}
