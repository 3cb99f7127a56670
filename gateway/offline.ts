import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { CampusError } from '../contract/errors.ts';
import type { Home } from '../runtime/home.ts';
import { STORE_PATH } from './backup/contents.ts';
import { backupsDir, deleteLeftovers } from './backup/folder.ts';
import { type BackupOptions, type BackupResult, makeBackup } from './backup/make-backup.ts';
import { giveToOwner } from './backup/owner.ts';
import { readGatewayConfig } from './config.ts';
import { PSEUDONYM_KEYS_FILE, readPseudonym } from './privacy/pseudonym-keys.ts';
import type { ExportQuery, ExportResult } from './store/export-query.ts';
import { redactLocation } from './store/store-location.ts';

export { backupsDir, deleteOldBackups, listBackups, newBackupName } from './backup/folder.ts';
export type { BackupProgress } from './backup/make-backup.ts';
export type { Manifest } from './backup/manifest.ts';
export { checkArchive, restoreHome } from './backup/restore.ts';
export { type ExportParameters, exportFileName, parseExportParameters } from './http/export-parameters.ts';
export { type ExportFormat, type ExportQuery, exportFormats } from './store/export-query.ts';

/** What a backup is called by and tells of its home; what a broken configuration does not say is left out. */
export interface HomeFacts {
  site?: string;
  /** The primary store, without a password. */
  store: string;
}

/** A home must be able to be backed up before its configuration is mended. */
export function homeFacts(home: Home): HomeFacts {
  try {
    const { site, gateway } = readGatewayConfig(home.configFile);
    return { site, store: redactLocation(gateway.store) };
  } catch (error) {
    if (error instanceof CampusError) return { store: 'unknown' };
    throw error;
  }
}

/**
 * What a client of a site is called at this moment, by its MAC address; undefined when no client of the site has a pseudonym.
 * @throws CampusError `parse_failed` for what is no MAC address
 */
export function pseudonymOf(home: Home, site: string, mac: string): string | undefined {
  return readPseudonym(join(home.gatewayDir, PSEUDONYM_KEYS_FILE), site, mac);
}

/** True when the history of a home lies in the home itself, and not in a server. */
export function isHistoryInHome(store: string): boolean {
  return store === 'duckdb' || store === 'unknown';
}

/**
 * Backs up a home whose gateway does not run.
 * @throws CampusError of `makeBackup`; `home_locked` when a gateway runs after all
 */
export async function backupStoppedHome(home: Home, options: Omit<BackupOptions, 'source'>): Promise<BackupResult> {
  const dir = dirname(options.target);
  const isOurs = dir === backupsDir(home);
  if (isOurs) mkdirSync(dir, { recursive: true, mode: 0o700 });
  deleteLeftovers(dir);
  const result = await makeBackup({
    ...options,
    source: {
      home,
      copyStore: async (source, target, signal) => {
        // Loaded only here: a home need not have a store, and DuckDB is large.
        const { copyStoppedStore } = await import('./store/duckdb/stopped-store.ts');
        await copyStoppedStore(source, target, signal);
      },
      // Nobody takes anything out of the spool of a gateway that does not run, nor has it anything in memory.
      holdSpool: () => () => {},
      flushRegistry: () => {},
    },
  });
  if (isOurs) giveToOwner(dir, home);
  return result;
}

/**
 * Writes points of a home whose gateway does not run to a file that must not exist.
 * @throws CampusError `not_found` without a store, `home_locked`, those of `EmbeddedStore.export`; the signal's reason
 */
export async function exportStoppedStore(
  home: Home,
  query: ExportQuery,
  target: string,
  signal: AbortSignal,
): Promise<ExportResult> {
  const path = join(home.dir, STORE_PATH);
  if (!existsSync(path)) {
    throw new CampusError(
      'not_found',
      `expected a store at ${path}, got nothing: is this the home, and does it store in DuckDB?`,
    );
  }
  const { DuckDbStore } = await import('./store/duckdb/duckdb-store.ts');
  const store = await DuckDbStore.open(path);
  const partial = `${target}.partial`;
  try {
    const result = await store.export(query, partial, signal);
    renameSync(partial, target);
    return result;
  } finally {
    rmSync(partial, { force: true });
    await store.close();
  }
}
