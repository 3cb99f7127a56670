import { createWriteStream, existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { CampusError } from '../../contract/errors.ts';
import { type Home, openHome } from '../../runtime/home.ts';
import { readRunning } from '../../runtime/running.ts';
import { isStoreHeld } from '../store/duckdb/stopped-store.ts';
import { STORE_PATH } from './contents.ts';
import type { BackupProgress } from './make-backup.ts';
import type { Manifest } from './manifest.ts';
import { giveToOwner } from './owner.ts';
import { type ReadOptions, readArchive } from './read-archive.ts';
import { checkRoom } from './room.ts';

export interface CheckOptions {
  archive: string;
  /** Version of this product. */
  version: string;
  signal: AbortSignal;
  onProgress: (progress: BackupProgress) => void;
}

export interface RestoreOptions extends CheckOptions {
  home: Home;
  /** Moves what the home holds aside in place of refusing it. */
  force: boolean;
  /** Wall clock, ms. */
  now: number;
}

export interface RestoreResult {
  manifest: Manifest;
  /** Where the files lie that the home held before. */
  keptAside?: string;
}

/** What a backup may put into a home. */
const parts = ['campus-edge.yaml', 'agent', 'gateway', 'flows', 'credentials', 'pki'] as const;

/**
 * Checks a backup whole and puts it in the place of a home.
 * @throws CampusError `home_locked` while a process of the product runs on the home, `already_exists` when the home holds something and
 * `force` is not given, `backup_invalid`, `not_found`, `disk_full`, `home_not_writable`; the signal's reason. The home is as it was then.
 */
export async function restoreHome(options: RestoreOptions): Promise<RestoreResult> {
  const { home, force, now } = options;
  await refuseRunning(home);
  const old = parts.filter((part) => isFilled(join(home.dir, part)));
  if (old.length > 0 && !force) {
    throw new CampusError(
      'already_exists',
      `expected an empty home, got ${home.dir} with ${old.join(', ')}: choose another with --home DIR, or use --force, which keeps the old files aside`,
    );
  }
  const isNew = !existsSync(home.dir);
  openHome(home.dir);
  const workDir = join(home.dir, `.restore-in-progress-${process.pid}`);
  try {
    mkdirSync(workDir, { mode: 0o700 });
    const manifest = await extract(options, workDir);
    giveToOwner(workDir, home);
    await refuseRunning(home);
    const keptAside = exchange({ home, workDir, old, moment: now });
    return { manifest, ...(keptAside === undefined ? {} : { keptAside }) };
  } catch (error) {
    if (isNew) rmSync(home.dir, { recursive: true, force: true });
    throw error;
  } finally {
    rmSync(workDir, { recursive: true, force: true });
  }
}

/** Checks a backup and writes nothing. @throws CampusError `backup_invalid`, `not_found`; the signal's reason */
export function checkArchive(options: CheckOptions): Promise<Manifest> {
  return readArchive(options.archive, { ...reading(options, () => {}), sink: () => undefined });
}

function extract(options: CheckOptions, directory: string): Promise<Manifest> {
  return readArchive(options.archive, {
    ...reading(options, (bytes) => checkRoom(directory, bytes)),
    sink: ({ path }) => {
      const target = join(directory, path);
      mkdirSync(dirname(target), { recursive: true, mode: 0o700 });
      return createWriteStream(target, { flags: 'wx', mode: 0o600, flush: true });
    },
  });
}

/** @param onTotal told how many bytes follow, before the first of them */
function reading(
  { version, signal, onProgress }: CheckOptions,
  onTotal: (bytes: number) => void,
): Omit<ReadOptions, 'sink'> {
  const progress = { doneBytes: 0, totalBytes: 0 };
  return {
    version,
    signal,
    onManifest: ({ files }) => {
      progress.totalBytes = files.reduce((sum, { bytes }) => sum + bytes, 0);
      onTotal(progress.totalBytes);
    },
    onBytes: (bytes) => {
      progress.doneBytes += bytes;
      onProgress({ ...progress });
    },
  };
}

/** Two processes on one home would each overwrite what the other has. */
async function refuseRunning(home: Home): Promise<void> {
  for (const [name, dir] of [
    ['gateway', home.gatewayDir] as const,
    ['agent', home.agentDir] as const,
    ['flows', home.flowsDir] as const,
  ]) {
    const running = readRunning(dir);
    if (running === undefined) continue;
    throw new CampusError('home_locked', `the ${name} of ${home.dir} runs (process ${running.pid}): stop it first`);
  }
  const store = join(home.dir, STORE_PATH);
  if (existsSync(store) && (await isStoreHeld(store))) {
    throw new CampusError('home_locked', `${store} is held by another process: stop that gateway first`);
  }
}

function isFilled(path: string): boolean {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat !== undefined && (!stat.isDirectory() || readdirSync(path).length > 0);
}

/**
 * Moves the old files aside and the new ones into their place. When one does not move, the others move back.
 * @returns where the old ones are
 */
function exchange({
  home,
  workDir,
  old,
  moment,
}: {
  home: Home;
  workDir: string;
  old: readonly string[];
  moment: number;
}): string | undefined {
  const aside = join(
    home.dir,
    `before-restore-${new Date(moment).toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}Z`,
  );
  const undo: (() => void)[] = [];
  const move = (from: string, to: string): void => {
    renameSync(from, to);
    undo.push(() => renameSync(to, from));
  };
  try {
    if (old.length > 0) mkdirSync(aside, { mode: 0o700 });
    for (const part of old) move(join(home.dir, part), join(aside, part));
    for (const part of parts) if (existsSync(join(workDir, part))) move(join(workDir, part), join(home.dir, part));
  } catch (error) {
    for (const back of undo.toReversed()) back();
    throw new CampusError(
      'home_not_writable',
      `cannot put the backup into ${home.dir}: ${(error as Error).message}; the home is as it was`,
      { cause: error },
    );
  }
  return old.length > 0 ? aside : undefined;
}
