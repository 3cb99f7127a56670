import { existsSync } from 'node:fs';
import { CampusError } from '../contract/errors.ts';
import type { Home } from '../runtime/home.ts';
import { progressOf, type StoreCopyProgress } from './store/copy/copy-progress.ts';
import {
  type CopyState,
  copyStateFile,
  type MeasurementProgress,
  readCopyState,
  removeCopyState,
  writeCopyState,
} from './store/copy/copy-state.ts';
import { HistoryCopy } from './store/copy/history-copy.ts';
import { measureHistory, type Span } from './store/copy/measure-history.ts';
import { duckDbFile, openStore } from './store/open-store.ts';
import type { Store } from './store/store.ts';
import { consumerName, parseStoreLocation } from './store/store-location.ts';

export type { StoreCopyProgress } from './store/copy/copy-progress.ts';

const DAY_MS = 24 * 3600 * 1000;

export interface StoreCopyRequest {
  home: Home;
  /** Locations as the configuration has them. */
  from: string;
  to: string;
  /** None for all. */
  measurements: readonly string[];
  /** First moment and end, ms; all there is unless told. */
  since?: number;
  until?: number;
  /** Begins anew where an unfinished copy would be gone on with. */
  restart: boolean;
  /** Ends the copy, which can be gone on with. */
  signal: AbortSignal;
  /** Wall clock, ms. */
  now: () => number;
  onProgress: (progress: StoreCopyProgress) => void;
}

export interface StoreCopyResult {
  from: string;
  to: string;
  complete: boolean;
  /** True when an earlier run had begun. */
  resumed: boolean;
  /** By measurement: points, and values that the target could not hold. */
  measurements: readonly Omit<MeasurementProgress, 'next'>[];
}

/**
 * Copies history from one store to another. It can be ended at any moment, even killed, and goes on with the next call; a point that is
 * copied twice is there once.
 * @throws CampusError `config_invalid`, `tls_required`, `request_invalid` for locations; `not_found` when there is nothing of what is asked
 * for; `state_conflict` when another copy between the two is unfinished; `home_locked` while a gateway has the DuckDB; those of the stores
 */
export async function copyStore(request: StoreCopyRequest): Promise<StoreCopyResult> {
  const { home, now } = request;
  const [from, to] = [nameOf(request.from), nameOf(request.to)];
  if (from === to) throw new CampusError('request_invalid', `expected two different stores, got ${from} twice`);
  const file = copyStateFile(home.gatewayDir, from, to);
  if (request.restart) removeCopyState(file);
  const earlier = readCopyState(file);
  if (earlier !== undefined) checkSameRequest(earlier, request);
  if (request.from === 'duckdb' && !existsSync(duckDbFile(home.gatewayDir))) {
    throw new CampusError('not_found', `expected a DuckDB in ${home.gatewayDir}, got none: is this the right home?`);
  }
  const source = await openStore(request.from, { gatewayDir: home.gatewayDir, needs: needsFor(0) });
  try {
    const until = earlier?.until ?? request.until ?? now();
    const spans = await measureHistory(source, {
      since: request.since ?? 0,
      until,
      measurements: request.measurements,
    });
    const state = earlier ?? newState({ from, to, until, spans, now: now() }, request);
    const oldest = Math.min(...spans.map(({ first }) => first));
    const target = await openStore(request.to, {
      gatewayDir: home.gatewayDir,
      needs: needsFor(Math.ceil((now() - oldest) / DAY_MS)),
    });
    try {
      await target.check();
      const complete = await run({ source, target, state, file, spans }, request);
      if (complete) removeCopyState(file);
      const measurements = state.progress.map(({ next: _next, ...told }) => told);
      return { from, to, complete, resumed: earlier !== undefined, measurements };
    } finally {
      await target.close();
    }
  } finally {
    await source.close();
  }
}

interface Run {
  source: Store;
  target: Store;
  state: CopyState;
  file: string;
  spans: readonly Span[];
}

async function run({ source, target, state, file, spans }: Run, request: StoreCopyRequest): Promise<boolean> {
  writeCopyState(file, state);
  const { onProgress, signal } = request;
  const copy = new HistoryCopy({
    from: source,
    to: target,
    until: state.until,
    progress: state.progress,
    signal,
    onProgress: (progress) => {
      const { kept } = progress;
      if (kept.some((one, index) => one !== state.progress[index])) {
        state.progress = [...kept];
        writeCopyState(file, state);
      }
      onProgress(progressOf(progress, spans));
    },
  });
  try {
    return await copy.run();
  } catch (error) {
    if (!(error instanceof CampusError)) throw error;
    const message = `${error.message}; what is copied stays copied: the same command goes on from there`;
    throw new CampusError(error.code, message, { cause: error });
  }
}

function newState(
  { from, to, until, spans, now }: { from: string; to: string; until: number; spans: readonly Span[]; now: number },
  request: StoreCopyRequest,
): CopyState {
  return {
    version: 1,
    from,
    to,
    asked: askedFor(request),
    until,
    startedAt: now,
    progress: spans.map(({ measurement, first }) => ({ measurement, next: first, done: false, points: 0, skipped: 0 })),
  };
}

function askedFor({ measurements, since, until }: StoreCopyRequest): CopyState['asked'] {
  return { measurements: measurements.toSorted(), since: since ?? 0, until: until ?? null };
}

/** Going on with other measurements or times than it began with would leave gaps that nobody sees. */
function checkSameRequest(earlier: CopyState, request: StoreCopyRequest): void {
  if (JSON.stringify(earlier.asked) === JSON.stringify(askedFor(request))) return;
  throw new CampusError(
    'state_conflict',
    `a copy from ${earlier.from} to ${earlier.to} with other options is unfinished: expected the same options to go on with it, or --restart to begin anew`,
  );
}

/** A location without its secrets. @throws CampusError of `parseStoreLocation` */
function nameOf(location: string): string {
  parseStoreLocation(location);
  return consumerName(location);
}

function needsFor(holdDays: number) {
  return { holdDays, askForLess: (days: number) => `copy the last ${days} days only (--since)` };
}
