import { existsSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Home } from '../../runtime/home.ts';
import { isAlive } from '../../runtime/running.ts';

/** How a backup's file ends. */
const SUFFIX = '.tar.zst';
/** The name of a backup in the folder; a person may put files there under names of their own. */
export const BACKUP_NAME_PATTERN = '^[A-Za-z0-9][A-Za-z0-9._-]{0,110}\\.tar\\.zst$';
const nameRegExp = new RegExp(BACKUP_NAME_PATTERN);
/** Made by this product, so that `--keep` deletes nothing else. */
const ownName = /^campus-edge-.*\d{8}T\d{6}Z(-\d+)?\.tar\.zst$/;
const WORK_PREFIX = '.backup-in-progress-';

export interface BackupFile {
  name: string;
  bytes: number;
  /** ms */
  createdAt: number;
}

/** Where the backups of a home lie unless told otherwise. */
export function backupsDir(home: Home): string {
  return join(home.dir, 'backups');
}

/** The backups in a folder, newest first. */
export function listBackups(dir: string): BackupFile[] {
  if (!existsSync(dir)) return [];
  return readdirSync(dir)
    .filter((name) => nameRegExp.test(name))
    .flatMap((name) => {
      const stat = statSync(join(dir, name), { throwIfNoEntry: false });
      return stat?.isFile() ? [{ name, bytes: stat.size, createdAt: Math.round(stat.mtimeMs) }] : [];
    })
    .sort((one, other) => other.createdAt - one.createdAt || (one.name < other.name ? 1 : -1));
}

/** A name that says whose backup it is and of when, and that no file of the folder has: `campus-edge-school-20260301T080000Z.tar.zst`. */
export function newBackupName(dir: string, site: string | undefined, now: number): string {
  const moment = `${new Date(now).toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}Z`;
  const stem = ['campus-edge', ...(site === undefined ? [] : [site]), moment].join('-');
  let name = `${stem}${SUFFIX}`;
  for (let number = 2; existsSync(join(dir, name)); number++) name = `${stem}-${number}${SUFFIX}`;
  return name;
}

/** Deletes the oldest backups that the product made, so that at most `keep` remain. Returns the names of those it deleted. */
export async function deleteOldBackups(dir: string, keep: number): Promise<string[]> {
  const old = listBackups(dir)
    .filter(({ name }) => ownName.test(name))
    .slice(keep)
    .map(({ name }) => name);
  for (const name of old) await rm(join(dir, name));
  return old;
}

/** Makes the directory in which one backup is put together, beside where it will lie. */
export function makeWorkDir(dir: string, pid: number): string {
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const workDir = join(dir, `${WORK_PREFIX}${pid}`);
  rmSync(workDir, { recursive: true, force: true });
  mkdirSync(workDir, { mode: 0o700 });
  return workDir;
}

/** Deletes what processes that were killed have left of their backups. */
export function deleteLeftovers(dir: string): void {
  if (!existsSync(dir)) return;
  for (const name of readdirSync(dir).filter((entry) => entry.startsWith(WORK_PREFIX))) {
    const pid = Number(name.slice(WORK_PREFIX.length));
    if (pid === process.pid || !isAlive(pid)) rmSync(join(dir, name), { recursive: true, force: true });
  }
}
