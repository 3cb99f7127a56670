import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { Transform, Writable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { createZstdDecompress } from 'node:zlib';
import { Parser, type ReadEntry } from 'tar';
import { CampusError } from '../../contract/errors.ts';
import { MANIFEST_BYTES_MAX, MANIFEST_FILE, type Manifest, type ManifestFile, parseManifest } from './manifest.ts';
import { counting } from './pack.ts';

/** Tar's blocks (POSIX.1-2001, pax): a file has a header, perhaps an extended one, and is filled up to a whole block. */
const BLOCK_BYTES = 512;
const HEADERS_BYTES = 8 * BLOCK_BYTES;
/** Blocks at the end: two empty ones, in whole records of 20. */
const END_BYTES = 20 * BLOCK_BYTES;

export interface ReadOptions {
  /** Version of this product. */
  version: string;
  signal: AbortSignal;
  /** Told first of all what the backup holds; what it throws ends the reading. */
  onManifest: (manifest: Manifest) => void;
  /** Where a file goes; nowhere when it is only to be checked. */
  sink: (file: ManifestFile) => Writable | undefined;
  onBytes: (bytes: number) => void;
}

/**
 * Reads a backup from beginning to end and checks that it holds what its manifest lists, to the bit, and nothing else: only plain files with the
 * listed names and sizes are read at all.
 * @throws CampusError `backup_invalid`, `not_found`; what `onManifest` and the sinks throw; the signal's reason
 */
export async function readArchive(path: string, options: ReadOptions): Promise<Manifest> {
  const ended = new AbortController();
  const signal = AbortSignal.any([options.signal, ended.signal]);
  const contents = new Contents(options, signal);
  let bytes = 0;
  const bounded = counting((count) => {
    bytes += count;
    if (bytes > contents.bytesMax) ended.abort(damaged('it holds more than it lists'));
  });
  let taken = Promise.resolve();
  const parser = new Parser({
    strict: true,
    onReadEntry: (entry) => {
      taken = taken.then(() => contents.take(entry));
      taken.catch((error: unknown) => ended.abort(error));
    },
  });
  try {
    await pipeline(createReadStream(path), createZstdDecompress(), bounded, parser, { signal });
    await taken;
    return contents.complete();
  } catch (error) {
    options.signal.throwIfAborted();
    throw readError(path, ended.signal.aborted ? ended.signal.reason : error);
  } finally {
    // A file that was being written is closed before whoever asked clears up.
    ended.abort();
    await Promise.allSettled([taken]);
  }
}

/** What has been read so far. */
class Contents {
  readonly #options: ReadOptions;
  readonly #signal: AbortSignal;
  #manifest: Manifest | undefined;
  readonly #missing = new Map<string, ManifestFile>();
  /** The archive may be this long, as far as is known. */
  bytesMax = MANIFEST_BYTES_MAX + HEADERS_BYTES + END_BYTES;

  constructor(options: ReadOptions, signal: AbortSignal) {
    this.#options = options;
    this.#signal = signal;
  }

  async take(entry: ReadEntry): Promise<void> {
    if (entry.type !== 'File') throw damaged(`${entry.path} is no plain file`);
    if (this.#manifest === undefined) await this.#takeManifest(entry);
    else await this.#takeFile(entry);
  }

  complete(): Manifest {
    if (this.#manifest === undefined) throw damaged('it is empty');
    const [missing] = this.#missing.keys();
    if (missing !== undefined) throw damaged(`it lacks ${missing}`);
    return this.#manifest;
  }

  async #takeManifest(entry: ReadEntry): Promise<void> {
    if (entry.path !== MANIFEST_FILE || entry.size > MANIFEST_BYTES_MAX) {
      throw damaged(`it does not begin with ${MANIFEST_FILE}`);
    }
    const manifest = parseManifest((await buffer(entry)).toString('utf8'), this.#options.version);
    for (const file of manifest.files) {
      this.#missing.set(file.path, file);
      this.bytesMax += HEADERS_BYTES + Math.ceil(file.bytes / BLOCK_BYTES) * BLOCK_BYTES;
    }
    this.#options.onManifest(manifest);
    this.#manifest = manifest;
  }

  async #takeFile(entry: ReadEntry): Promise<void> {
    const file = this.#missing.get(entry.path);
    if (file === undefined)
      throw damaged(`it holds ${JSON.stringify(entry.path)}, which its manifest does not list once`);
    if (entry.size !== file.bytes) throw damaged(`${file.path} has ${entry.size} bytes in place of ${file.bytes}`);
    this.#missing.delete(file.path);
    const hash = createHash('sha256');
    const hashing = new Transform({
      transform: (chunk: Buffer, _encoding, done) => {
        hash.update(chunk);
        this.#options.onBytes(chunk.byteLength);
        done(null, chunk);
      },
    });
    const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
    await pipeline(entry, hashing, this.#options.sink(file) ?? nowhere, { signal: this.#signal });
    if (hash.digest('hex') !== file.sha256) throw damaged(`${file.path} has another checksum than the manifest says`);
  }
}

function damaged(detail: string): CampusError {
  return new CampusError('backup_invalid', detail);
}

function invalid(path: string, detail: string): CampusError {
  return new CampusError('backup_invalid', `${path} is no backup that can be restored: ${detail}`);
}

/** What went wrong, with the file's name; what only the disk is to blame for stays as it is. */
function readError(path: string, error: unknown): unknown {
  if (error instanceof CampusError) return error.code === 'backup_invalid' ? invalid(path, error.message) : error;
  const { code = '', message } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT')
    return new CampusError('not_found', `expected a backup at ${path}, got nothing`, { cause: error });
  if (/^(Z_|ZSTD_|TAR_|EISDIR$)/.test(code)) {
    return new CampusError('backup_invalid', `${path} is no backup that can be restored: ${message}`, { cause: error });
  }
  return error;
}
