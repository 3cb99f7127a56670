import { mkdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { CampusError, type ErrorCode } from '../../contract/errors.ts';
import { deleteLeftovers, deleteOldBackups, listBackups, newBackupName } from './folder.ts';
import { type BackupResult, type BackupSource, makeBackup } from './make-backup.ts';

/** A backup in the home's folder, or on its way there. Times are ms. */
export interface Backup {
  name: string;
  state: 'running' | 'complete' | 'failed';
  createdAt: number;
  /** Of the file; 0 while there is none. */
  bytes: number;
  /** 0 to 1. */
  progress: number;
  /** Why there is none. */
  failure?: { code: ErrorCode; message: string };
}

export interface BackupsOptions {
  /** The folder. */
  dir: string;
  source: BackupSource;
  version: string;
  site: string;
  /** The primary store without a password. */
  store: string;
  /** Wall clock, ms. */
  now: () => number;
}

export interface StartOptions {
  /** Backups that remain afterwards, at most, of those that the product made. */
  keep?: number;
  onComplete: (name: string, result: BackupResult, deleted: readonly string[]) => void;
  onFailed: (name: string, error: unknown) => void;
}

/** The backups that the running gateway makes of its home, one at a time, and the folder in which they lie. */
export class Backups {
  readonly #options: BackupsOptions;
  /** The backup under way; the last one when it failed. */
  #current: Backup | undefined;
  #cancel = new AbortController();
  #work: Promise<void> = Promise.resolve();

  constructor(options: BackupsOptions) {
    this.#options = options;
    deleteLeftovers(options.dir);
  }

  /** Newest first. */
  list(): Backup[] {
    const complete = listBackups(this.#options.dir)
      .filter(({ name }) => name !== this.#current?.name)
      .map((file): Backup => ({ ...file, state: 'complete', progress: 1 }));
    return this.#current === undefined ? complete : [{ ...this.#current }, ...complete];
  }

  /**
   * Begins a backup.
   * @returns its name
   * @throws CampusError `state_conflict` while one is under way
   */
  start({ keep, onComplete, onFailed }: StartOptions): Backup {
    if (this.#current?.state === 'running') {
      throw new CampusError(
        'state_conflict',
        `expected no backup under way, got ${this.#current.name}: wait for its end`,
      );
    }
    const { dir, source, version, site, store, now } = this.#options;
    mkdirSync(dir, { recursive: true, mode: 0o700 });
    const createdAt = now();
    const name = newBackupName(dir, site, createdAt);
    const current: Backup = { name, state: 'running', createdAt, bytes: 0, progress: 0 };
    this.#current = current;
    this.#cancel = new AbortController();
    const { signal } = this.#cancel;
    const making = makeBackup({
      source,
      target: join(dir, name),
      about: { version, created_at: new Date(createdAt).toISOString(), store },
      signal,
      onProgress: ({ doneBytes, totalBytes }) => {
        current.progress = totalBytes === 0 ? 0 : doneBytes / totalBytes;
      },
    });
    const ended = making.then(
      async (result) => {
        this.#current = undefined;
        onComplete(name, result, keep === undefined ? [] : await deleteOldBackups(dir, keep));
      },
      (error: unknown) => {
        this.#current = signal.aborted ? undefined : { ...current, state: 'failed', failure: failureOf(error) };
        if (!signal.aborted) onFailed(name, error);
      },
    );
    // The backup is there, but it could not be noted or an old one not deleted.
    this.#work = ended.catch((error: unknown) => onFailed(name, error));
    return { ...current };
  }

  /**
   * Deletes a backup, or ends one that is under way.
   * @throws CampusError `not_found`
   */
  async remove(name: string): Promise<void> {
    if (this.#current?.name === name) {
      this.#cancel.abort();
      await this.#work;
      this.#current = undefined;
      return;
    }
    // The disk may take its time over a large file, and MQTT must not.
    await rm(this.file(name));
  }

  /** The path of a complete backup. @throws CampusError `not_found` */
  file(name: string): string {
    if (listBackups(this.#options.dir).some((file) => file.name === name)) return join(this.#options.dir, name);
    throw new CampusError('not_found', `expected the name of a backup, got ${name}`);
  }

  /** Ends a backup that is under way; nothing is left of it. */
  async close(): Promise<void> {
    this.#cancel.abort();
    await this.#work;
  }
}

function failureOf(error: unknown): { code: ErrorCode; message: string } {
  if (error instanceof CampusError) return { code: error.code, message: error.message };
  return { code: 'internal', message: 'the gateway met an error that it did not expect; its log has the details' };
}
