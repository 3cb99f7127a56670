import { parentPort } from 'node:worker_threads';
import { CampusError, type ErrorCode } from '../../contract/errors.ts';
import { copyPlain, copyRegistry, copySqlite, isFull } from './copy.ts';
import type { Manifest, ManifestFile } from './manifest.ts';
import { pack } from './pack.ts';

/** The thread of one backup: whatever reads and writes many bytes happens here, and nothing of it on the thread that serves MQTT. */

export type BackupWork =
  | { op: 'sqlite' | 'registry' | 'plain'; source: string; target: string }
  | { op: 'pack'; directory: string; archive: string; about: Omit<Manifest, 'product' | 'format' | 'files'> };

export type FromBackupWorker =
  | { kind: 'progress'; bytes: number }
  | { kind: 'done'; files: ManifestFile[] }
  | { kind: 'failed'; code: ErrorCode; message: string };

/** Progress is told after this many bytes. */
const PROGRESS_BYTES = 4 * 1024 * 1024;

const port = parentPort;
if (port === null) throw new Error('gateway/backup/worker.ts runs as a worker thread only');
const tell = (message: FromBackupWorker): void => port.postMessage(message);

port.on('message', async (work: BackupWork) => {
  try {
    tell({ kind: 'done', files: await doWork(work) });
  } catch (error) {
    tell({ kind: 'failed', ...failureOf(error) });
  }
});

function failureOf(error: unknown): { code: ErrorCode; message: string } {
  if (error instanceof CampusError) return { code: error.code, message: error.message };
  const { message } = error as Error;
  if (!isFull(error)) return { code: 'internal', message };
  return { code: 'disk_full', message: `the disk became full: free some room, or use another disk (${message})` };
}

async function doWork(work: BackupWork): Promise<ManifestFile[]> {
  switch (work.op) {
    case 'sqlite':
      copySqlite(work.source, work.target);
      return [];
    case 'registry':
      copyRegistry(work.source, work.target);
      return [];
    case 'plain':
      copyPlain(work.source, work.target);
      return [];
    case 'pack': {
      let untold = 0;
      return pack(work.directory, work.archive, work.about, (bytes) => {
        untold += bytes;
        if (untold < PROGRESS_BYTES) return;
        tell({ kind: 'progress', bytes: untold });
        untold = 0;
      });
    }
  }
}
