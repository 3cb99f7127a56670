import { setTimeout as delay } from 'node:timers/promises';
import type { Cleanup } from '../cleanup.ts';
import { type Comparison, compare } from '../load/acknowledged.ts';
import type { GeneratorOutcome } from '../load/generator.ts';
import { GeneratorProcess } from '../load/generator-process.ts';
import { metricNames } from '../load/machine-metrics.ts';
import type { Percentiles } from '../percentiles.ts';
import { type MachineUsage, machineUsage, processUsage } from '../process-usage.ts';
import type { Progress } from '../progress.ts';
import type { Stack } from '../stacks/stack.ts';

export interface TrialOptions {
  /** Messages a second; 0 for flat out. */
  rate: number;
  seconds: number;
  window: number;
  /** How long other devices publish in the same way before: a service that has run for days is not compiling itself. */
  warmUpSeconds: number;
  /** Absent for bare Telegraf messages. */
  boot: string | undefined;
}

/** What became of the messages of one trial, from the publisher's own record and the store. */
export interface Trial {
  acknowledged: number;
  /** Acknowledged and not in the store. */
  lost: number;
  doubled: number;
  /** Metrics of acknowledged messages that cannot be found, though other metrics of the message may be. */
  missingMetrics: number;
  /** Messages that the rate asked for and that found no room. */
  skipped: number;
  unacknowledged: number;
  /** Acknowledged messages that are stored, by the time from the first publish until all of them could be queried. */
  messagesPerSecond: number;
  metricsPerSecond: number;
  /** CPU of the stack's processes for each stored metric, ms. */
  cpuMsPerMetric: number;
  cpuSeconds: Record<string, number>;
  ackMs: Percentiles;
  generatorCpuSeconds: number;
  /** Share of the whole machine's CPU that was in use, and that its host gave to others. */
  busyPercent: number;
  stolenPercent: number;
}

/** How often it is asked whether everything can be queried. */
const POLL_MS = 100;

/**
 * Loads a stack that was started for this trial, and compares what was acknowledged with what its store holds. The second half of its
 * devices warms it up, the first half is measured.
 */
export async function runTrial(
  stack: Stack,
  options: TrialOptions,
  { cleanup, progress }: { cleanup: Cleanup; progress: Progress },
): Promise<Trial> {
  const { accounts } = stack;
  const measured = accounts.slice(0, accounts.length / 2);
  const warmed = await warmUp(stack, options, cleanup);
  const { rate, seconds, window, boot } = options;
  const generator = await GeneratorProcess.start(
    { port: stack.mqttPort, accounts: measured, firstIndex: 0, window, rate, seconds, boot },
    cleanup,
    { onRunning: ({ acknowledged }) => progress.detail(`${acknowledged} acknowledged`) },
  );
  const before = cpuSeconds(stack);
  const machineBefore = machineUsage();
  const outcome = await generator.run();
  const { counts, at } = await settled(stack, outcome.acknowledgedCount, warmed);
  const after = cpuSeconds(stack);
  const machine = shareOf(machineBefore, machineUsage());
  const comparison = await compareAll(stack, measured, outcome);
  const duration = (at - outcome.firstPublishAt) / 1000;
  const stored = comparison.acknowledged - comparison.lost;
  const metrics = counts.reduce((sum, count) => sum + count, 0);
  const used = Object.fromEntries(stack.parts.map((part) => [part, after[part]! - before[part]!]));
  const cpu = Object.values(used).reduce((sum, value) => sum + value, 0);
  return {
    ...comparison,
    missingMetrics: missingOf(counts, comparison.acknowledged),
    skipped: outcome.skipped,
    unacknowledged: outcome.unacknowledged,
    messagesPerSecond: stored / duration,
    metricsPerSecond: metrics / duration,
    cpuMsPerMetric: (cpu * 1000) / metrics,
    cpuSeconds: used,
    ackMs: outcome.ackMs,
    generatorCpuSeconds: outcome.cpuSeconds,
    ...machine,
  };
}

/** Points of each metric that the store holds when the warm-up is over, whether or not all were stored. */
async function warmUp(
  stack: Stack,
  { rate, warmUpSeconds: seconds, window, boot }: TrialOptions,
  cleanup: Cleanup,
): Promise<number[]> {
  if (seconds === 0) return [];
  const firstIndex = stack.accounts.length / 2;
  const accounts = stack.accounts.slice(firstIndex);
  const generator = await GeneratorProcess.start(
    { port: stack.mqttPort, accounts, firstIndex, window, rate, seconds, boot },
    cleanup,
  );
  const { acknowledgedCount } = await generator.run();
  return (await settled(stack, acknowledgedCount)).counts;
}

/**
 * Waits until every acknowledged message can be queried with all its metrics, or nothing more comes.
 * @param already points of each metric that were there before, and are not counted
 */
export async function settled(
  stack: Stack,
  acknowledged: number,
  already: readonly number[] = [],
): Promise<{ counts: number[]; at: number }> {
  let last = '';
  let at = Date.now();
  while (true) {
    const counts = (await stack.counts()).map((count, index) => count - (already[index] ?? 0));
    const now = Date.now();
    if (counts.join() !== last) {
      last = counts.join();
      at = now;
    }
    const isComplete = counts.length === metricNames.length && Math.min(...counts) >= acknowledged;
    if (isComplete || now - at > stack.quietMs) return { counts, at };
    await delay(POLL_MS);
  }
}

function missingOf(counts: readonly number[], acknowledged: number): number {
  const missing = metricNames.map((_name, index) => Math.max(0, acknowledged - (counts[index] ?? 0)));
  return missing.reduce((sum, count) => sum + count, 0);
}

async function compareAll(
  stack: Stack,
  accounts: Stack['accounts'],
  { acknowledged }: GeneratorOutcome,
): Promise<Comparison> {
  const total: Comparison = { acknowledged: 0, lost: 0, doubled: 0 };
  for (const { device } of accounts) {
    const one = compare(acknowledged[device] ?? [], await stack.sequences(device));
    total.acknowledged += one.acknowledged;
    total.lost += one.lost;
    total.doubled += one.doubled;
  }
  return total;
}

function cpuSeconds(stack: Stack): Record<string, number> {
  return Object.fromEntries(stack.parts.map((part) => [part, processUsage(stack.pid(part)).cpuSeconds]));
}

function shareOf(before: MachineUsage, after: MachineUsage): Pick<Trial, 'busyPercent' | 'stolenPercent'> {
  const total = after.totalSeconds - before.totalSeconds;
  return {
    busyPercent: 100 * (1 - (after.idleSeconds - before.idleSeconds) / total),
    stolenPercent: (100 * (after.stolenSeconds - before.stolenSeconds)) / total,
  };
}
