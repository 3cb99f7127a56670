import { randomBytes } from 'node:crypto';
import { mkdirSync, rmSync } from 'node:fs';
import { type FileHandle, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { CampusError } from '../contract/errors.ts';
import type { Home } from '../runtime/home.ts';
import { checkRoom } from './backup/room.ts';
import type { ExportQuery, ExportResult } from './store/export-query.ts';

/** Exports at once: each sorts and compresses on one of the store's two threads. */
export const EXPORTS_MAX = 2;
/** How often the room on the disk is looked at while one is written, ms. */
const LOOK_MS = 500;

/** A file that is gone when it is closed, whatever happens to this process. */
export interface ExportFile extends ExportResult {
  file: FileHandle;
}

/** What writes the points. */
export interface ExportingStore {
  export: (query: ExportQuery, path: string, signal: AbortSignal) => Promise<ExportResult>;
}

/** What the gateway writes to a file for somebody who takes it away at once. */
export class Exports {
  readonly #dir: string;
  readonly #store: ExportingStore;
  #running = 0;

  constructor(home: Home, store: ExportingStore) {
    this.#dir = join(home.gatewayDir, 'tmp');
    this.#store = store;
    // What a gateway that was killed has left.
    rmSync(this.#dir, { recursive: true, force: true });
  }

  /**
   * Writes points to a temporary file, whose name is gone already when this resolves: closing it frees its room.
   * @throws CampusError of the store; `rate_limited` while others are at it, `disk_full` before the gateway itself lacks room; the signal's reason
   */
  async make(query: ExportQuery, signal: AbortSignal): Promise<ExportFile> {
    if (this.#running >= EXPORTS_MAX) {
      throw new CampusError(
        'rate_limited',
        `expected at most ${EXPORTS_MAX} exports at once, got one more: try again later`,
      );
    }
    this.#running++;
    try {
      return await this.#write(query, signal);
    } finally {
      this.#running--;
    }
  }

  async #write(query: ExportQuery, signal: AbortSignal): Promise<ExportFile> {
    mkdirSync(this.#dir, { recursive: true, mode: 0o700 });
    const path = join(this.#dir, randomBytes(8).toString('hex'));
    const room = this.#watchRoom();
    try {
      const result = await this.#store.export(query, path, AbortSignal.any([signal, room.signal]));
      return { ...result, file: await open(path) };
    } finally {
      room.end();
      await rm(path, { force: true });
    }
  }

  /** A signal that ends an export when the disk has no more room than the gateway itself needs. */
  #watchRoom(): { signal: AbortSignal; end: () => void } {
    const short = new AbortController();
    const look = (): void => {
      try {
        checkRoom(this.#dir, 0);
      } catch (error) {
        short.abort(error);
      }
    };
    look();
    const timer = setInterval(look, LOOK_MS);
    return { signal: short.signal, end: () => clearInterval(timer) };
  }
}
