import { setTimeout as delay } from 'node:timers/promises';
import { alone, type BenchContext, type BenchOutcome, inRounds, type Round } from '../bench.ts';
import { type Figures, rounded } from '../figures.ts';
import { GeneratorProcess } from '../load/generator-process.ts';
import { type ProcessUsage, processUsage } from '../process-usage.ts';
import { Campus } from '../stacks/campus.ts';
import { Ming } from '../stacks/ming.ts';
import type { Stack } from '../stacks/stack.ts';
import { settled } from './ingest-trial.ts';

export interface FootprintOptions {
  rounds: number;
  peer: boolean;
  devices: number;
  /** Between two messages of one device. */
  everySeconds: number;
  /** How long each state, idle and loaded, is measured. */
  seconds: number;
  /** The agent of the same machine runs, too; its figures stand apart. */
  agent: boolean;
}

/** For start-up work, compilation and the first messages to be over before the clock starts. */
const SETTLE_MS = 10_000;
const WINDOW = 20;

interface State {
  figures: Figures;
  /** Of the processes that are compared: bytes and share of one core. */
  rssBytes: number;
  cpuPercent: number;
}

interface Footprint {
  idle: State;
  loaded: State;
  figures: Figures;
  failures: string[];
}

/** Memory and CPU of the running product, idle and with devices that report. */
export function measureFootprint(options: FootprintOptions, context: BenchContext): Promise<BenchOutcome> {
  return inRounds(options.rounds, context, async (inner) => {
    const ours = await alone(inner, async (context) => {
      context.progress.phase('campus-edge · starting');
      const stack = await Campus.start(context.cleanup, { devices: options.devices, withAgent: options.agent });
      return footprintOf(stack, options, context);
    });
    if (!options.peer) return { ours: ours.figures, failures: ours.failures };
    const peer = await alone(inner, async (context) => {
      context.progress.phase('MING · starting');
      return footprintOf(await Ming.start(context.cleanup, { devices: options.devices }), options, context);
    });
    return compared(ours, peer);
  });
}

function compared(ours: Footprint, peer: Footprint): Round {
  return {
    ours: ours.figures,
    peer: peer.figures,
    ratios: {
      rss: ours.loaded.rssBytes / peer.loaded.rssBytes,
      cpu: ours.loaded.cpuPercent / peer.loaded.cpuPercent,
      rss_idle: ours.idle.rssBytes / peer.idle.rssBytes,
    },
    failures: ours.failures,
  };
}

async function footprintOf(
  stack: Stack,
  { devices, everySeconds, seconds }: FootprintOptions,
  { cleanup, progress }: BenchContext,
): Promise<Footprint> {
  progress.phase(`${stack.name} · idle`);
  await delay(SETTLE_MS);
  const idle = await stateOver(stack, seconds);
  progress.phase(`${stack.name} · ${devices} devices`);
  const generator = await GeneratorProcess.start(
    {
      ...{ port: stack.mqttPort, accounts: stack.accounts, firstIndex: 0, window: WINDOW, boot: 'benchmark' },
      rate: devices / everySeconds,
      seconds: SETTLE_MS / 1000 + seconds + 1,
    },
    cleanup,
  );
  const running = generator.run();
  await delay(SETTLE_MS);
  const loaded = await stateOver(stack, seconds);
  const { acknowledgedCount } = await running;
  const { counts } = await settled(stack, acknowledgedCount);
  const stored = Math.min(...counts);
  return {
    idle,
    loaded,
    figures: { devices, acknowledged: acknowledgedCount, stored, idle: idle.figures, loaded: loaded.figures },
    failures: stored < acknowledgedCount ? [`${acknowledgedCount} messages acknowledged, ${stored} stored`] : [],
  };
}

/** What each process takes over some seconds; memory as it is at their end. */
async function stateOver(stack: Stack, seconds: number): Promise<State> {
  const before = stack.parts.map((part) => processUsage(stack.pid(part)));
  const startedAt = performance.now();
  await delay(seconds * 1000);
  const after = stack.parts.map((part) => processUsage(stack.pid(part)));
  const took = (performance.now() - startedAt) / 1000;
  const cpuPercent = after.map((usage, index) => (100 * (usage.cpuSeconds - before[index]!.cpuSeconds)) / took);
  // MING has nothing like an agent, which measures the machine itself.
  const compared = stack.parts.map((part) => part !== 'agent');
  const sum = (values: readonly number[]): number =>
    values.reduce((total, value, index) => (compared[index] ? total + value : total), 0);
  const rss = after.map(({ rssBytes }) => rssBytes);
  const total = totals(sum, after, cpuPercent);
  const each = stack.parts.map((part, index) => [part, figuresOf(after[index]!, cpuPercent[index]!)]);
  return { figures: { ...total, ...Object.fromEntries(each) }, rssBytes: sum(rss), cpuPercent: sum(cpuPercent) };
}

function totals(
  sum: (values: readonly number[]) => number,
  usages: readonly ProcessUsage[],
  cpuPercent: readonly number[],
): Figures {
  return {
    rss_mb: megabytes(sum(usages.map(({ rssBytes }) => rssBytes))),
    pss_mb: megabytes(sum(usages.map(({ pssBytes }) => pssBytes))),
    cpu_percent: rounded(sum(cpuPercent)),
  };
}

function figuresOf({ rssBytes, pssBytes }: ProcessUsage, cpuPercent: number): Figures {
  return { rss_mb: megabytes(rssBytes), pss_mb: megabytes(pssBytes), cpu_percent: rounded(cpuPercent) };
}

function megabytes(bytes: number): number {
  return Math.round(bytes / 1e5) / 10;
}
