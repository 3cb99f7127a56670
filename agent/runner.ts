import { agent } from '../contract/measurements/agent.ts';
import type { Logger } from '../runtime/log.ts';
import type { AnyCollector, CollectedMetric, Reading } from './collector.ts';
import type { Host } from './host/host.ts';
import { maskedError } from './masked-error.ts';
import { type Sample, toSample } from './metric.ts';

/** Agents that start together, after a power cut, report spread over this time. */
const FIRST_RUN_WITHIN_MS = 1000;
/** Rates need two samples: one more, soon after the first, saves a new device its first interval without any. */
const SECOND_RUN_AFTER_MS = 2000;
const TIMEOUT_MS = 8000;
const ERROR_MAX_CHARS = 300;

export interface ScheduledCollector {
  collector: AnyCollector;
  intervalSeconds: number;
  config: Parameters<AnyCollector['collect']>[1];
}

export interface RunnerOptions {
  host: Host;
  collectors: readonly ScheduledCollector[];
  /** Takes the samples of one run, with the `agent` point that tells how it went. */
  emit: (samples: Sample[]) => void;
  /** 0 ≤ x < 1. */
  random: () => number;
  log: Logger;
}

type Outcome =
  | { outcome: 'ok'; metrics: CollectedMetric[] }
  | { outcome: 'not-present' | 'error' | 'timeout'; error: string; metrics?: CollectedMetric[] };

/**
 * Runs each collector at its interval, in a phase that stays: the first run comes within a second of the start. A collector never
 * overlaps itself; one that throws or hangs is reported and disturbs no other.
 * @returns a function that stops all of them; nothing is emitted afterwards
 */
export function startRunner(options: RunnerOptions): () => void {
  const phase = options.random();
  const stops = options.collectors.map((scheduled) => startCollector(scheduled, phase, options));
  return () => {
    for (const stop of stops) stop();
  };
}

function startCollector(scheduled: ScheduledCollector, phase: number, { host, emit, log }: RunnerOptions): () => void {
  const { collector } = scheduled;
  const intervalMs = scheduled.intervalSeconds * 1000;
  const first = host.monotonicMs() + phase * Math.min(intervalMs, FIRST_RUN_WITHIN_MS);
  let stopped = false;
  let running: { since: number; limit: AbortController } | undefined;
  let lastOutcome: Outcome['outcome'] = 'ok';
  let timer: NodeJS.Timeout;

  const report = (result: Outcome, since: number, at: number): void => {
    if (stopped) return;
    if (result.outcome !== lastOutcome) logOutcome(log, collector.name, result);
    lastOutcome = result.outcome;
    const points = [...collected(result), outcomePoint(collector.name, result, host.monotonicMs() - since)];
    emit(points.flatMap((point) => toSample(point, at) ?? []));
  };

  const run = async (): Promise<void> => {
    const since = host.monotonicMs();
    if (running !== undefined) {
      report({ outcome: 'timeout', error: 'the run before has not ended' }, running.since, since);
      return;
    }
    const limit = new AbortController();
    running = { since, limit };
    const collecting = collectOutcome(scheduled, host, limit.signal).finally(() => {
      running = undefined;
    });
    report(await withinLimit(collecting, limit), since, since);
  };

  const schedule = (at: number): void => {
    timer = setTimeout(() => {
      // Timers may fire a moment early: the run that was due counts as done.
      schedule(nextRun(Math.max(host.monotonicMs(), at) + 1, { first, intervalMs }));
      // The second run is for rates; a collector that takes longer than that has none.
      if (running === undefined || at !== first + SECOND_RUN_AFTER_MS) void run();
    }, at - host.monotonicMs());
  };
  schedule(first);
  return () => {
    stopped = true;
    clearTimeout(timer);
    running?.limit.abort();
    collector.close?.();
  };
}

/** The next moment of the phase; the runs that a stopped or sleeping machine has missed are not made up for. */
function nextRun(now: number, { first, intervalMs }: { first: number; intervalMs: number }): number {
  const second = first + SECOND_RUN_AFTER_MS;
  if (now < second && second < first + intervalMs / 2) return second;
  return first + (Math.floor((now - first) / intervalMs) + 1) * intervalMs;
}

/** The outcome, or `timeout` when it is not there in time; the collector is then told to give up. */
async function withinLimit(collecting: Promise<Outcome>, limit: AbortController): Promise<Outcome> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Outcome>((resolve) => {
    timer = setTimeout(() => resolve({ outcome: 'timeout', error: `not done within ${TIMEOUT_MS} ms` }), TIMEOUT_MS);
  });
  const outcome = await Promise.race([collecting, late]);
  clearTimeout(timer);
  if (outcome.outcome === 'timeout') limit.abort();
  return outcome;
}

async function collectOutcome(
  { collector, config }: ScheduledCollector,
  host: Host,
  signal: AbortSignal,
): Promise<Outcome> {
  try {
    const result = await collector.collect(host, config, signal);
    if ('notPresent' in result) return { outcome: 'not-present', error: maskedError(result.notPresent) };
    if (!('failures' in result)) return { outcome: 'ok', metrics: result };
    const { metrics, failures } = result;
    if (failures.length === 0) return { outcome: 'ok', metrics };
    return { outcome: 'error', error: maskedError(failures.map(({ message }) => message).join('; ')), metrics };
  } catch (error) {
    return { outcome: 'error', error: maskedError(error instanceof Error ? error.message : String(error)) };
  }
}

function collected(result: Outcome): CollectedMetric[] {
  return result.metrics ?? [];
}

function outcomePoint(name: string, result: Outcome, durationMs: number): CollectedMetric {
  const fields: Reading<typeof agent> = {
    duration_ms: Math.round(durationMs * 10) / 10,
    outcome: result.outcome,
    error: result.outcome === 'ok' ? undefined : result.error.slice(0, ERROR_MAX_CHARS),
    metric_count: collected(result).length,
  };
  return { name: agent.name, tags: { collector: name }, fields };
}

/** A change is news, the same outcome each interval is not. */
function logOutcome(log: Logger, name: string, result: Outcome): void {
  if (result.outcome === 'ok') log.info({ collector: name }, `collector ${name} works again`);
  else if (result.outcome === 'not-present') log.info({ collector: name }, `collector ${name}: ${result.error}`);
  else log.warn({ collector: name, outcome: result.outcome }, `collector ${name}: ${result.error}`);
}
