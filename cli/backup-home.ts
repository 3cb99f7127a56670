import { statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type Static, Type } from '#typebox';
import { Compile } from '#typebox/compile';
import { CampusError, type ErrorCode, errorCodes } from '../contract/errors.ts';
import { openAdmin } from '../gateway/admin.ts';
import {
  backupStoppedHome,
  backupsDir,
  deleteOldBackups,
  homeFacts,
  isHistoryInHome,
  listBackups,
  newBackupName,
} from '../gateway/offline.ts';
import type { Home } from '../runtime/home.ts';
import { version } from '../runtime/version.ts';
import { GatewayClient } from './gateway-client.ts';
import { noteInAudit } from './note-in-audit.ts';
import { cliActor } from './with-admin.ts';

export interface BackupHomeOptions {
  home: Home;
  /** Backups of the home's folder that remain, at most. */
  keep?: number;
  signal: AbortSignal;
  /** Told of a share from 0 to 1. */
  onProgress: (share: number) => void;
}

export interface MadeBackup {
  file: string;
  bytes: number;
  /** The primary store, without a password. */
  store: string;
  historyIncluded: boolean;
  /** Names of older ones that were deleted. */
  deleted: readonly string[];
}

/** How often the gateway is asked how far it is, ms. */
const ASK_MS = 300;

const BackupView = Type.Object({
  name: Type.String(),
  state: Type.Enum(['running', 'complete', 'failed']),
  progress: Type.Number(),
  failure: Type.Optional(
    Type.Object({ code: Type.Enum(Object.keys(errorCodes) as ErrorCode[]), detail: Type.String() }),
  ),
});
const viewOf = Compile(BackupView);
const listOf = Compile(Type.Object({ backups: Type.Array(BackupView) }));

/** Has the running gateway back its home up. @throws CampusError that the gateway answers with; the signal's reason */
export async function backupByGateway(options: BackupHomeOptions & { url: string }): Promise<MadeBackup> {
  const { home, keep, url } = options;
  const dir = backupsDir(home);
  const admin = openAdmin(home, { now: Date.now, actor: cliActor() });
  const gateway = new GatewayClient(url, admin);
  try {
    const before = listBackups(dir);
    const response = await gateway.request('POST', 'backups', { body: keep === undefined ? {} : { keep } });
    const { name } = viewOf.Parse(await response.json());
    await follow(gateway, name, options);
    const remaining = new Set(listBackups(dir).map((file) => file.name));
    const deleted = before.map((file) => file.name).filter((old) => !remaining.has(old));
    return { ...madeBackup(home, join(dir, name)), deleted };
  } finally {
    gateway.end();
    admin.close();
  }
}

/** Waits for the end of a backup that the gateway makes, and ends it there when it is ended here. */
async function follow(
  gateway: GatewayClient,
  name: string,
  { signal, onProgress }: Pick<BackupHomeOptions, 'signal' | 'onProgress'>,
): Promise<void> {
  try {
    while (true) {
      const backup = await find(gateway, name, signal);
      if (backup?.state === 'complete') return;
      if (backup?.failure !== undefined) throw new CampusError(backup.failure.code, backup.failure.detail);
      if (backup === undefined) throw new CampusError('internal', 'the gateway ended before the backup was complete');
      onProgress(backup.progress);
      await delay(ASK_MS, undefined, { signal });
    }
  } catch (error) {
    if (signal.aborted) await gateway.request('DELETE', `backups/${name}`);
    throw error;
  }
}

async function find(
  gateway: GatewayClient,
  name: string,
  signal: AbortSignal,
): Promise<Static<typeof BackupView> | undefined> {
  const { backups } = listOf.Parse(await (await gateway.request('GET', 'backups', { signal })).json());
  return backups.find((backup) => backup.name === name);
}

/** Backs a home up whose gateway does not run. @throws CampusError of `backupStoppedHome`; the signal's reason */
export async function backupHere({
  home,
  keep,
  target,
  signal,
  onProgress,
}: BackupHomeOptions & { target?: string }): Promise<MadeBackup> {
  const now = Date.now();
  const { site, store } = homeFacts(home);
  const dir = backupsDir(home);
  const file = target ?? join(dir, newBackupName(dir, site, now));
  const { bytes, files } = await backupStoppedHome(home, {
    target: file,
    about: { version, created_at: new Date(now).toISOString(), store },
    signal,
    onProgress: ({ doneBytes, totalBytes }) => onProgress(totalBytes === 0 ? 0 : doneBytes / totalBytes),
  });
  noteInAudit(home, 'backup.create', basename(file), `${files} files, ${bytes} bytes`);
  const deleted = keep === undefined ? [] : await deleteOldBackups(dirname(file), keep);
  for (const old of deleted) noteInAudit(home, 'backup.delete', old, `more than ${keep}`);
  return { ...madeBackup(home, file), deleted };
}

function madeBackup(home: Home, file: string): Omit<MadeBackup, 'deleted'> {
  const { store } = homeFacts(home);
  return { file, bytes: statSync(file).size, store, historyIncluded: isHistoryInHome(store) };
}
