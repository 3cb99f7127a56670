import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { CampusError, type ErrorCode } from '../../contract/errors.ts';
import { QueueReader } from '../../queue/queue-reader.ts';
import { collectGarbage } from '../memory/collect-garbage.ts';
import { scrubSqlite } from '../privacy/scrub-sqlite.ts';
import { checkpoint } from '../registry/database.ts';
import { type EncodedMessage, splitSpoolKey } from './batch.ts';
import { checkAtStart } from './check-at-start.ts';
import { Drain } from './drain.ts';
import { type EmbeddedStore, isEmbedded } from './embedded-store.ts';
import type { ExportQuery, ExportResult } from './export-query.ts';
import { openStore } from './open-store.ts';
import { decodePoints } from './point-reader.ts';
import type { FromStoreWorker, NumberedRequest, StoreRequest, StoreWorkerData } from './protocol.ts';
import { horizonOf, longestDays } from './retention.ts';
import { SecondTry } from './second-try.ts';
import { SetAside } from './set-aside.ts';
import type { ErasedSubject, SeriesQuery, Store } from './store.ts';
import { storeExtent } from './store-extent.ts';
import { consumerName } from './store-location.ts';

/** The store's thread: reads the spool, writes the stores, answers queries. Nothing here can hold up MQTT. */

/** The registry's write-ahead log is moved into its file this often; the fsync that takes must not happen on the main thread. */
const CHECKPOINT_MS = 60_000;
/** In between it is looked at this often, and not left to grow beyond this many bytes. */
const WAL_CHECK_MS = 5_000;
const WAL_BYTES = 8 * 1024 * 1024;
/** Roll-ups are brought up to date this often. */
const HOUSEKEEPING_MS = 30_000;
/** An erasure waits so long for the stores to take what came before it; VictoriaMetrics says after 20 s that it has. */
const DRAINED_WITHIN_MS = 60_000;
const DRAINED_LOOK_MS = 100;
/** Old points are deleted once a day, and first when the start is over. */
const RETENTION_MS = 24 * 3600 * 1000;
const FIRST_RETENTION_MS = 5 * 60 * 1000;

const port = parentPort;
if (port === null) throw new Error('gateway/store/worker.ts runs as a worker thread only');
const tell = (message: FromStoreWorker): void => port.postMessage(message);

const data = workerData as StoreWorkerData;
const stores: { consumer: string; store: Store }[] = [];
const drains: Drain[] = [];
const setAside = new SetAside(join(data.gatewayDir, 'set-aside.sqlite'), Date.now);
const elapsed = (): number => performance.now();
const timers: NodeJS.Timeout[] = [];
/** Ends a request that is under way, by its number. */
const cancels = new Map<number, AbortController>();
let reader: QueueReader | undefined;
let spoolFile: string | undefined;
let housekeeping = false;

try {
  const needs = {
    holdDays: longestDays(data.retention),
    askForLess: (days: number) => `set the days under gateway.retention to ${days} or fewer`,
  };
  for (const location of data.locations) {
    stores.push({ consumer: consumerName(location), store: await openStore(location, { ...data, needs }) });
  }
  const notes = await Promise.all(stores.map(({ store }) => checkAtStart(store)));
  const positions = await Promise.all(stores.map(async ({ store }) => (await store.position()) ?? 0));
  tell({ kind: 'opened', positions, notes: notes.flat() });
} catch (error) {
  tell({ kind: 'failed', code: codeOf(error), message: (error as Error).message });
}

port.on('message', async ({ id, request }: NumberedRequest) => {
  try {
    const value = await answer(id, request);
    port.postMessage({ kind: 'answer', id, value } satisfies FromStoreWorker, handedOver(value));
  } catch (error) {
    tell({ kind: 'error', id, code: codeOf(error), message: (error as Error).message });
  } finally {
    cancels.delete(id);
  }
  if (request.op === 'close') port.close();
});

function answer(id: number, request: StoreRequest): unknown {
  const primary = stores[0]!.store;
  switch (request.op) {
    case 'start':
      return start(request.spoolPath);
    case 'latest':
      return primary.latest(request.query);
    case 'series':
      return series(request.query);
    case 'fieldTypes':
      return primary.fieldTypes();
    case 'extents':
      return Promise.all(stores.map(({ consumer, store }) => storeExtent(consumer, store, Date.now())));
    case 'erase':
      return erase(request.subject, request.upTo);
    case 'scrub':
      return scrub();
    case 'snapshot':
      return snapshot(request.path, cancellable(id));
    case 'export':
      return exported(request.query, request.path, cancellable(id));
    case 'hurry':
      for (const drain of drains) drain.hurry();
      return undefined;
    case 'collect':
      return collectGarbage();
    case 'cancel':
      return cancels.get(request.id)?.abort();
    case 'close':
      return close();
  }
}

/**
 * As JSON in UTF-8, for that is what is asked for in the end, in memory of its own that can be handed over. Whoever asks sees everything that was
 * acknowledged: the primary takes it first.
 */
async function series(query: SeriesQuery): Promise<Uint8Array<ArrayBuffer>> {
  await drains[0]?.caughtUp();
  return new TextEncoder().encode(JSON.stringify(await stores[0]!.store.series(query)));
}

async function exported(query: ExportQuery, path: string, signal: AbortSignal): Promise<ExportResult> {
  const store = embedded();
  await Promise.all(drains.map((drain) => drain.caughtUp()));
  return store.export(query, path, signal);
}

/** The memory of an answer that the main thread gets as it is, without a copy. */
function handedOver(value: unknown): ArrayBuffer[] {
  return value instanceof Uint8Array && value.buffer instanceof ArrayBuffer ? [value.buffer] : [];
}

function cancellable(id: number): AbortSignal {
  const controller = new AbortController();
  cancels.set(id, controller);
  return controller.signal;
}

async function snapshot(path: string, signal: AbortSignal): Promise<boolean> {
  const store = stores.map((opened) => opened.store).find(isEmbedded);
  await store?.snapshot(path, signal);
  return store !== undefined;
}

function embedded(): EmbeddedStore {
  const store = stores.map((opened) => opened.store).find(isEmbedded);
  if (store !== undefined) return store;
  throw new CampusError(
    'state_conflict',
    'expected a gateway that stores in DuckDB, got one that stores elsewhere: export from that server by its own means',
  );
}

async function erase(subject: ErasedSubject, upTo: number): Promise<string[]> {
  const deadline = performance.now() + DRAINED_WITHIN_MS;
  while (drains.some(({ position }) => position < upTo)) {
    if (performance.now() > deadline) {
      throw new CampusError('store_unavailable', 'a store has not taken yet what waits for it in the spool');
    }
    await delay(DRAINED_LOOK_MS);
  }
  const notes: string[] = [];
  for (const { consumer, store } of stores) {
    const { note } = await store.erase(subject);
    if (note !== undefined) notes.push(`${consumer}: ${note}`);
  }
  setAside.erase(subject);
  return notes;
}

function scrub(): void {
  if (spoolFile !== undefined) scrubSqlite(spoolFile);
  scrubSqlite(data.registryPath);
  if (existsSync(setAside.path)) scrubSqlite(setAside.path);
}

async function start(spoolPath: string): Promise<void> {
  spoolFile = spoolPath;
  reader = new QueueReader(spoolPath);
  for (const { consumer, store } of stores)
    drains.push(drainOf(consumer, store, reader, await positionOf(consumer, store)));
  timers.push(
    setInterval(() => maintain(() => checkpoint(data.registryPath)), CHECKPOINT_MS),
    setInterval(() => maintain(checkpointIfLarge), WAL_CHECK_MS),
  );
  timers.push(
    setInterval(() => maintain(keepHouse), HOUSEKEEPING_MS),
    setInterval(() => maintain(deleteOld), RETENTION_MS),
    setTimeout(() => maintain(deleteOld), FIRST_RETENTION_MS),
  );
}

async function positionOf(consumer: string, store: Store): Promise<number> {
  return Math.max((await store.position()) ?? 0, reader?.position(consumer) ?? 0);
}

function drainOf(consumer: string, store: Store, from: QueueReader, position: number): Drain {
  const onTaken = (messages: number): void => tell({ kind: 'taken-after-all', consumer, messages });
  const secondTry = new SecondTry({ setAside, store, consumer, onTaken, elapsed });
  return new Drain({
    store,
    reader: from,
    position,
    onDrained: (report) => tell({ kind: 'drained', consumer, report }),
    onSetAside: (message, error) => {
      setAside.add(consumer, message);
      const { code } = error;
      tell({ kind: 'set-aside', consumer, ...readable(message), code, message: error.message });
    },
    onIdle: () => maintain(() => secondTry.run()),
    onFailure: (error, retryInMs) => {
      secondTry.failed();
      tell({ kind: 'away', consumer, message: error.message, retryInMs });
    },
    elapsed,
  });
}

function checkpointIfLarge(): void {
  const wal = statSync(`${data.registryPath}-wal`, { throwIfNoEntry: false });
  if (wal !== undefined && wal.size > WAL_BYTES) checkpoint(data.registryPath);
}

async function deleteOld(): Promise<void> {
  for (const { store } of stores) {
    for (const measurement of (await store.fieldTypes()).keys()) {
      const { points, rollups } = horizonOf(measurement, data.retention, Date.now());
      await store.deleteOlderThan(measurement, points, rollups);
    }
  }
}

/** Stores keep house one after another, and a round that takes longer than it should is not overtaken by the next. */
async function keepHouse(): Promise<void> {
  if (housekeeping) return;
  housekeeping = true;
  try {
    for (const { store } of stores) await store.maintain?.(Date.now());
  } finally {
    housekeeping = false;
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
  setAside.close();
}

/** A message of the spool as people read it among the rejects. */
function readable({ key, body }: EncodedMessage): EncodedMessage {
  const { site, device } = splitSpoolKey(key);
  return { key, body: Buffer.from(JSON.stringify({ metrics: decodePoints(site, device, body) })) };
}

function codeOf(error: unknown): ErrorCode {
  return error instanceof CampusError ? error.code : 'internal';
}
