import { existsSync, mkdirSync, renameSync, statSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { CampusError } from '../../contract/errors.ts';
import type { Home } from '../../runtime/home.ts';
import { BackupThread } from './backup-thread.ts';
import { type HomeFile, homeFiles, REGISTRY_PATH, SPOOL_PATH, STORE_PATH } from './contents.ts';
import { makeWorkDir } from './folder.ts';
import type { Manifest } from './manifest.ts';
import { checkRoom } from './room.ts';

/** What a backup needs of whoever has the home open. */
export interface BackupSource {
  home: Home;
  /** Copies the DuckDB file, the store of the home. */
  copyStore: (source: string, target: string, signal: AbortSignal) => Promise<void>;
  /** From now on until it is released, the spool keeps what the stores have taken. */
  holdSpool: () => () => void;
  /** Writes what the registry has in memory. */
  flushRegistry: () => void;
}

export interface BackupProgress {
  doneBytes: number;
  totalBytes: number;
}

export interface BackupOptions {
  source: BackupSource;
  /** The backup's file, which must not exist yet. */
  target: string;
  about: Omit<Manifest, 'product' | 'format' | 'files'>;
  /** Ends the work; nothing is left of it then. */
  signal: AbortSignal;
  onProgress: (progress: BackupProgress) => void;
}

export interface BackupResult {
  bytes: number;
  files: number;
}

/** How often the growth of a copy is looked at, ms. */
const LOOK_MS = 500;

/**
 * Backs a home up to one file, whole or not at all.
 * @throws CampusError `already_exists`, `disk_full`, `home_locked`, `store_unavailable`, `internal`; the signal's reason
 */
export async function makeBackup({ source, target, about, signal, onProgress }: BackupOptions): Promise<BackupResult> {
  refuseToOverwrite(target);
  const files = homeFiles(source.home);
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  const workDir = makeWorkDir(dirname(target), process.pid);
  // Every byte is copied, read for its checksum, and packed.
  const progress = { doneBytes: 0, totalBytes: 3 * bytes };
  const advance = (by: number): void => {
    progress.doneBytes = Math.min(progress.doneBytes + by, progress.totalBytes);
    onProgress({ ...progress });
  };
  const thread = new BackupThread(advance);
  const endThread = (): void => void thread.end();
  signal.addEventListener('abort', endThread);
  try {
    // The copies, and an archive that may be no smaller.
    checkRoom(workDir, 2 * bytes);
    const directory = join(workDir, 'home');
    await copyHome({ source, files, directory, thread, signal, advance });
    const archive = join(workDir, 'archive');
    const packed = await thread.run({ op: 'pack', directory, archive, about });
    signal.throwIfAborted();
    refuseToOverwrite(target);
    renameSync(archive, target);
    return { bytes: statSync(target).size, files: packed.length };
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    signal.removeEventListener('abort', endThread);
    await thread.end();
    await rm(workDir, { recursive: true, force: true });
  }
}

interface CopyOptions {
  source: BackupSource;
  files: readonly HomeFile[];
  /** Where the copies go. */
  directory: string;
  thread: BackupThread;
  signal: AbortSignal;
  advance: (bytes: number) => void;
}

/**
 * Copies every file in the one order in which nothing is lost and nothing doubled when the copies are put to use:
 * 1. what the agent has not handed over, before the spool: what is handed over in between is in both, and the spool's copy knows its number;
 * 2. the store, with the spool held, so that nothing leaves the spool which the store's copy does not have;
 * 3. the spool, after the store: it holds all that was acknowledged and is not in the store's copy, and the numbers of all that is;
 * 4. the registry, last: it knows the device of every sample. Other files stand alone.
 */
async function copyHome(options: CopyOptions): Promise<void> {
  const { source, files, signal } = options;
  const named = new Set([STORE_PATH, SPOOL_PATH, REGISTRY_PATH]);
  const select = (wanted: (file: HomeFile) => boolean): HomeFile[] => files.filter(wanted);
  await copyAll(
    options,
    select(({ path, kind }) => kind === 'sqlite' && !named.has(path)),
  );
  const release = source.holdSpool();
  try {
    await copyAll(
      options,
      select(({ path }) => path === STORE_PATH),
    );
    await copyAll(
      options,
      select(({ path }) => path === SPOOL_PATH),
    );
  } finally {
    release();
  }
  signal.throwIfAborted();
  source.flushRegistry();
  await copyAll(
    options,
    select(({ path }) => path === REGISTRY_PATH),
  );
  await copyAll(
    options,
    select(({ path, kind }) => kind !== 'sqlite' && !named.has(path)),
  );
}

async function copyAll(options: CopyOptions, files: readonly HomeFile[]): Promise<void> {
  for (const file of files) {
    options.signal.throwIfAborted();
    // Deleted since it was listed: then it is no part of the home.
    if (!existsSync(join(options.source.home.dir, file.path))) continue;
    const target = join(options.directory, file.path);
    mkdirSync(dirname(target), { recursive: true, mode: 0o700 });
    await copy(options, file, target);
  }
}

async function copy({ source, thread, signal, advance }: CopyOptions, file: HomeFile, target: string): Promise<void> {
  const path = join(source.home.dir, file.path);
  if (file.kind !== 'duckdb') {
    await thread.run({ op: file.path === REGISTRY_PATH ? 'registry' : file.kind, source: path, target });
    advance(file.bytes);
    return;
  }
  let seen = 0;
  const look = (): void => {
    const size = statSync(target, { throwIfNoEntry: false })?.size ?? 0;
    advance(Math.max(0, size - seen));
    seen = Math.max(seen, size);
  };
  const timer = setInterval(look, LOOK_MS);
  try {
    await source.copyStore(path, target, signal);
    look();
  } finally {
    clearInterval(timer);
  }
}

function refuseToOverwrite(target: string): void {
  if (!existsSync(target)) return;
  throw new CampusError('already_exists', `expected a file that does not exist, got ${target}: choose another name`);
}
