import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import type { BenchContext, BenchOutcome } from '../bench.ts';
import { type Figures, median, rounded } from '../figures.ts';
import type { GeneratorOutcome } from '../load/generator.ts';
import { GeneratorProcess } from '../load/generator-process.ts';
import { type ProcessUsage, processUsage } from '../process-usage.ts';
import { Campus } from '../stacks/campus.ts';
import { growthFailure, lateMemory } from './growth.ts';
import { settled } from './ingest-trial.ts';

export interface DevicesOptions {
  devices: number;
  minutes: number;
  /** Between two messages of one device. */
  everySeconds: number;
}

/** Devices of one generator's process: more connections than that and its own work would delay them. */
const DEVICES_PER_GENERATOR = 2500;
const WINDOW = 5;
/** Files that a process has open beside its connections. */
const OTHER_FILES = 200;
/** Between two looks at the processes. */
const LOOK_MS = 5000;

interface Look {
  minute: number;
  gateway: ProcessUsage;
  flows: ProcessUsage;
}

/** Many devices that stay connected and report: what the gateway takes, whether it grows, and whether everybody is heard. */
export async function measureDevices(options: DevicesOptions, context: BenchContext): Promise<BenchOutcome> {
  requireOpenFiles(options.devices + OTHER_FILES);
  const { cleanup, progress } = context;
  progress.phase('campus-edge · making accounts');
  const campus = await Campus.start(cleanup, {
    devices: options.devices,
    onAccounts: (made) => progress.detail(`${made} of ${options.devices}`),
  });
  const generators = await connectAll(campus, options, context);
  progress.phase(`${options.devices} devices · reporting`);
  const running = Promise.all(generators.map((generator) => generator.run()));
  const looks = await lookFor(options.minutes, campus, context);
  const outcomes = await running;
  const acknowledged = outcomes.reduce((sum, { acknowledgedCount }) => sum + acknowledgedCount, 0);
  progress.phase('counting what is stored');
  await settled(campus, acknowledged);
  const lost = lostOf(outcomes, await campus.countsByDevice());
  const silent = silentDevices(campus, options, outcomes);
  progress.end();
  return {
    ours: { ...figuresOf(options, looks), ...sums(outcomes), lost, silent_devices: silent },
    failures: [
      ...(lost > 0 ? [`${lost} of ${acknowledged} acknowledged messages are not in the store`] : []),
      ...(silent > 0 ? [`${silent} devices could not report as often as they should`] : []),
      ...growthOf(looks),
    ],
  };
}

/** @throws Error that says what to do when this user may not open enough files */
function requireOpenFiles(needed: number): void {
  const line = /^Max open files\s+(\d+|unlimited)\s+(\d+|unlimited)/m.exec(readFileSync('/proc/self/limits', 'utf8'));
  const [soft = 'unlimited', hard = 'unlimited'] = line?.slice(1) ?? [];
  if (soft === 'unlimited' || Number(soft) >= needed) return;
  const advice =
    hard === 'unlimited' || Number(hard) >= needed
      ? `run \`ulimit -n ${needed}\` in this shell first`
      : `raise the hard limit, which is ${hard}, as root: \`ulimit -Hn ${needed}\``;
  throw new Error(`every device takes an open file: expected a limit of ${needed} or more, got ${soft}: ${advice}`);
}

async function connectAll(
  { accounts, mqttPort: port }: Campus,
  { devices, everySeconds, minutes }: DevicesOptions,
  { cleanup, progress }: BenchContext,
): Promise<GeneratorProcess[]> {
  progress.phase('connecting');
  const connected = new Map<number, number>();
  const starts: Promise<GeneratorProcess>[] = [];
  for (let first = 0; first < devices; first += DEVICES_PER_GENERATOR) {
    const own = accounts.slice(first, first + DEVICES_PER_GENERATOR);
    const load = { port, accounts: own, firstIndex: first, window: WINDOW, boot: 'benchmark' };
    const generator = GeneratorProcess.start(
      { ...load, rate: own.length / everySeconds, seconds: minutes * 60 },
      cleanup,
      {
        onConnecting: (count) => {
          connected.set(first, count);
          progress.detail(`${[...connected.values()].reduce((sum, value) => sum + value, 0)} of ${devices}`);
        },
      },
    );
    starts.push(generator);
  }
  return Promise.all(starts);
}

async function lookFor(minutes: number, campus: Campus, { progress }: BenchContext): Promise<Look[]> {
  const looks: Look[] = [];
  const startedAt = performance.now();
  while (performance.now() - startedAt < minutes * 60_000) {
    await delay(LOOK_MS);
    const look = {
      minute: (performance.now() - startedAt) / 60_000,
      gateway: processUsage(campus.pid('gateway')),
      flows: processUsage(campus.pid('flows')),
    };
    looks.push(look);
    progress.detail(`minute ${look.minute.toFixed(1)}, gateway ${megabytes(look.gateway.rssBytes)} MB`);
  }
  return looks;
}

function figuresOf({ devices, minutes, everySeconds }: DevicesOptions, looks: readonly Look[]): Figures {
  return {
    ...{ devices, minutes, every_seconds: everySeconds },
    gateway: seriesOf(looks, 'gateway'),
    flows: seriesOf(looks, 'flows'),
  };
}

/** Memory by minute and in the last two quarters, which tell growth from warming up, and CPU as a share of one core. */
function seriesOf(looks: readonly Look[], part: 'gateway' | 'flows'): Figures {
  const [first, last] = [looks[0], looks.at(-1)];
  const seconds = first === undefined || last === undefined ? 0 : (last.minute - first.minute) * 60;
  const cpu = (last?.[part].cpuSeconds ?? 0) - (first?.[part].cpuSeconds ?? 0);
  const byMinute = Map.groupBy(looks, ({ minute }) => Math.round(minute));
  const rss = (of: readonly Look[]): number => megabytes(median(of.map((look) => look[part].rssBytes)));
  const { thirdQuarter, lastQuarter } = lateMemory(looks.map((look) => look[part].rssBytes));
  return {
    rss_mb_by_minute: Object.fromEntries([...byMinute].map(([minute, of]) => [String(minute), rss(of)])),
    rss_mb_third_quarter: megabytes(thirdQuarter),
    rss_mb_last_quarter: megabytes(lastQuarter),
    cpu_percent: rounded((100 * cpu) / seconds),
  };
}

/** Which processes have grown. */
function growthOf(looks: readonly Look[]): string[] {
  const failures = (['gateway', 'flows'] as const).map((part) =>
    growthFailure(part, lateMemory(looks.map((look) => look[part].rssBytes))),
  );
  return failures.filter((failure) => failure !== undefined);
}

function sums(outcomes: readonly GeneratorOutcome[]): Figures {
  const sum = (of: (outcome: GeneratorOutcome) => number): number =>
    outcomes.reduce((total, outcome) => total + of(outcome), 0);
  return {
    acknowledged: sum(({ acknowledgedCount }) => acknowledgedCount),
    skipped: sum(({ skipped }) => skipped),
    reconnects: sum(({ reconnects }) => reconnects),
    ack_p50_ms: rounded(median(outcomes.map(({ ackMs }) => ackMs.p50))),
    ack_p99_ms: rounded(Math.max(...outcomes.map(({ ackMs }) => ackMs.p99))),
  };
}

/** Acknowledged messages by device. */
function acknowledgedOf(outcomes: readonly GeneratorOutcome[]): Map<string, number> {
  return new Map(
    outcomes.flatMap(({ acknowledged }) =>
      Object.entries(acknowledged).map(
        ([device, ranges]) => [device, ranges.reduce((sum, [from, to]) => sum + to - from + 1, 0)] as const,
      ),
    ),
  );
}

function lostOf(outcomes: readonly GeneratorOutcome[], stored: ReadonlyMap<string, number>): number {
  return [...acknowledgedOf(outcomes)].reduce(
    (sum, [device, count]) => sum + Math.max(0, count - (stored.get(device) ?? 0)),
    0,
  );
}

/** Devices that were acknowledged fewer messages than their interval asks for, but for one that may be cut at the end. */
function silentDevices(
  { accounts }: Campus,
  { minutes, everySeconds }: DevicesOptions,
  outcomes: readonly GeneratorOutcome[],
): number {
  const expected = Math.floor((minutes * 60) / everySeconds) - 1;
  const counts = acknowledgedOf(outcomes);
  return accounts.filter(({ device }) => (counts.get(device) ?? 0) < expected).length;
}

function megabytes(bytes: number): number {
  return Math.round(bytes / 1e5) / 10;
}
