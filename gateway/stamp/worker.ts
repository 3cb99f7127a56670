import { networkInterfaces } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import { openReflector, type ReflectorOptions, type StampCounts } from './reflector.ts';

/** The thread of the reflector: on the one that serves MQTT a packet would wait for whatever is done there, and the path be blamed for it. */

export type StampWorkerData = Pick<ReflectorOptions, 'host' | 'port' | 'sources'>;

export type FromStampWorker =
  | { kind: 'listening' }
  /** Why the port cannot be had, with the system's code. */
  | { kind: 'failed'; code: string | undefined; message: string }
  | { kind: 'counts'; counts: StampCounts };

const port = parentPort;
if (port === null) throw new Error('gateway/stamp/worker.ts runs as a worker thread only');
const tell = (message: FromStampWorker): void => port.postMessage(message);

try {
  await openReflector({
    ...(workerData as StampWorkerData),
    ownNetworks: () =>
      Object.values(networkInterfaces()).flatMap((all) => (all ?? []).flatMap(({ cidr }) => cidr ?? [])),
    report: (counts) => tell({ kind: 'counts', counts }),
    monotonicMs: () => performance.now(),
    // Set to the wall clock when the thread started; what counts in an answer is the time between two of them.
    wallMs: () => performance.timeOrigin + performance.now(),
  });
  tell({ kind: 'listening' });
} catch (error) {
  const { code, message } = error as NodeJS.ErrnoException;
  tell({ kind: 'failed', code, message });
}
