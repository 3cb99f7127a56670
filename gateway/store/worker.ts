import { statSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { CampusError, type ErrorCode } from '../../contract/errors.ts';
import { QueueReader } from '../../queue/queue-reader.ts';
import { checkpoint } from '../registry/database.ts';
import { checkAtStart } from './check-at-start.ts';
import { Drain } from './drain.ts';
import { openStore } from './open-store.ts';
import type { FromStoreWorker, NumberedRequest, StoreRequest, StoreWorkerData } from './protocol.ts';
import type { Store } from './store.ts';
import { consumerName } from './store-location.ts';

/** The store's thread: reads the spool, writes the stores, answers queries. Nothing here can hold up MQTT. */

/** The registry's write-ahead log is moved into its file this often; the fsync that takes must not happen on the main thread. */
const CHECKPOINT_MS = 60_000;
/** In between it is looked at this often, and not left to grow beyond this many bytes. */
const WAL_CHECK_MS = 2_000;
const WAL_BYTES = 8 * 1024 * 1024;
/** Old points are deleted once a day, and first when the start is over. */
const RETENTION_MS = 24 * 3600 * 1000;
const FIRST_RETENTION_MS = 5 * 60 * 1000;

const port = parentPort;
if (port === null) throw new Error('gateway/store/worker.ts runs as a worker thread only');
const tell = (message: FromStoreWorker): void => port.postMessage(message);

const data = workerData as StoreWorkerData;
const stores: { consumer: string; store: Store }[] = [];
const drains: Drain[] = [];
const timers: NodeJS.Timeout[] = [];
let reader: QueueReader | undefined;

try {
  const needs = {
    holdDays: data.retentionDays,
    askForLess: (days: number) => `set gateway.retention_days to ${days}`,
  };
  for (const location of data.locations) {
    stores.push({ consumer: consumerName(location), store: await openStore(location, data.gatewayDir, needs) });
  }
  const notes = await Promise.all(stores.map(({ store }) => checkAtStart(store)));
  const positions = await Promise.all(stores.map(async ({ store }) => (await store.position()) ?? 0));
  tell({ kind: 'opened', positions, notes: notes.flat() });
} catch (error) {
  tell({ kind: 'failed', code: codeOf(error), message: (error as Error).message });
}

port.on('message', async ({ id, request }: NumberedRequest) => {
  try {
    tell({ kind: 'answer', id, value: await answer(request) });
  } catch (error) {
    tell({ kind: 'error', id, code: codeOf(error), message: (error as Error).message });
  }
  if (request.op === 'close') port.close();
});

function answer(request: StoreRequest): unknown {
  const primary = stores[0]!.store;
  switch (request.op) {
    case 'start':
      return start(request.spoolPath);
    case 'latest':
      return primary.latest(request.query);
    case 'series':
      return primary.series(request.query);
    case 'fieldTypes':
      return primary.fieldTypes();
    case 'close':
      return close();
  }
}

async function start(spoolPath: string): Promise<void> {
  reader = new QueueReader(spoolPath);
  for (const { consumer, store } of stores) {
    const position = Math.max((await store.position()) ?? 0, reader.position(consumer));
    drains.push(
      new Drain({
        store,
        reader,
        position,
        onDrained: (report) => tell({ kind: 'drained', consumer, report }),
        onSetAside: ({ key, body }, error) => tell({ kind: 'set-aside', consumer, key, body, message: error.message }),
        onFailure: (error, retryInMs) => tell({ kind: 'away', consumer, message: error.message, retryInMs }),
      }),
    );
  }
  timers.push(
    setInterval(() => maintain(() => checkpoint(data.registryPath)), CHECKPOINT_MS),
    setInterval(() => maintain(checkpointIfLarge), WAL_CHECK_MS),
  );
  timers.push(
    setInterval(() => maintain(deleteOld), RETENTION_MS),
    setTimeout(() => maintain(deleteOld), FIRST_RETENTION_MS),
  );
}

function checkpointIfLarge(): void {
  const wal = statSync(`${data.registryPath}-wal`, { throwIfNoEntry: false });
  if (wal !== undefined && wal.size > WAL_BYTES) checkpoint(data.registryPath);
}

async function deleteOld(): Promise<void> {
  const before = Date.now() - data.retentionDays * 24 * 3600 * 1000;
  for (const { store } of stores) {
    for (const measurement of (await store.fieldTypes()).keys()) await store.deleteOlderThan(measurement, before);
  }
}

async function maintain(work: () => Promise<void> | void): Promise<void> {
  try {
    await work();
  } catch (error) {
    tell({ kind: 'maintenance-failed', message: (error as Error).message });
  }
}

async function close(): Promise<void> {
  for (const timer of timers) clearInterval(timer);
  await Promise.all(drains.map((drain) => drain.stop()));
  reader?.close();
  for (const { store } of stores) await store.close();
}

function codeOf(error: unknown): ErrorCode {
  return error instanceof CampusError ? error.code : 'internal';
}
