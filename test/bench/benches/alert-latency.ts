import { fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { alertFilter } from '../../../contract/topics.ts';
import { readCredentials } from '../../../runtime/home.ts';
import { alone, type BenchContext, type BenchOutcome, inRounds, type Round } from '../bench.ts';
import { type Figures, rounded } from '../figures.ts';
import type { AlertProbeOptions, AlertProbeOutcome } from '../load/alert-probe.ts';
import { GeneratorProcess } from '../load/generator-process.ts';
import { endProcess } from '../processes.ts';
import { Campus } from '../stacks/campus.ts';
import { Ming, type MingVariant, mingVariants } from '../stacks/ming.ts';
import { MING_ALERT_TOPIC } from '../stacks/ming-flows.ts';
import type { Stack } from '../stacks/stack.ts';

export interface AlertLatencyOptions {
  rounds: number;
  peer: boolean;
  /** Background load, messages a second. */
  rate: number;
  /** Crossings measured. */
  samples: number;
}

const PROBE = fileURLToPath(new URL('../load/alert-probe-main.ts', import.meta.url));

const BACKGROUND_DEVICES = 50;
export const PROBE_DEVICES = 30;
const CROSSINGS_PER_SECOND = 10;
const WINDOW = 20;
/** The background load runs before the probe begins. */
const LEAD_MS = 2000;
/** What the probe takes beside its crossings: connecting, settling, waiting for the last. */
const PROBE_SECONDS = 10;

/** The shipped rule on memory, told to raise and clear at once: the peer's rule knows no duration, and both shall do the same. */
export const IMMEDIATE_RULE = `flows:
  rules:
    memory-pressure: { raise: 90, clear: 85, for_seconds: 0, clear_for_seconds: 0 }
`;

export interface Alerts {
  figures: Figures;
  p99: number;
  failures: string[];
}

/** From publishing a sample that crosses a threshold to receiving its alert by MQTT, under a background load. */
export function measureAlertLatency(options: AlertLatencyOptions, context: BenchContext): Promise<BenchOutcome> {
  return inRounds(options.rounds, context, async (inner) => {
    const ours = await oursUnderLoad(options, inner);
    if (!options.peer) return { ours: ours.figures, failures: ours.failures };
    const peers = new Map<MingVariant, Alerts>();
    for (const variant of mingVariants) peers.set(variant, await mingUnderLoad(variant, options, inner));
    return roundOf(ours, peers);
  });
}

function roundOf(ours: Alerts, peers: ReadonlyMap<MingVariant, Alerts>): Round {
  const variants = Object.fromEntries([...peers].map(([variant, { figures }]) => [variant, figures]));
  const { default: figures = {}, ...others } = variants;
  const ratios = [...peers].map(([variant, { p99 }]) => [
    variant === 'default' ? 'p99' : `p99_${variant}`,
    ours.p99 / p99,
  ]);
  return {
    ours: ours.figures,
    peer: { ...figures, ...others },
    ratios: Object.fromEntries(ratios),
    failures: ours.failures,
  };
}

function oursUnderLoad(options: AlertLatencyOptions, context: BenchContext): Promise<Alerts> {
  return alone(context, async (inner) => {
    inner.progress.phase(`campus-edge · alerts at ${options.rate} messages/s`);
    const devices = BACKGROUND_DEVICES + PROBE_DEVICES;
    const campus = await Campus.start(inner.cleanup, { devices, config: IMMEDIATE_RULE });
    const flows = readCredentials(campus.home, 'flows');
    if (flows === undefined) throw new Error('expected the credentials of the flows in the home, there are none');
    const { site, username, password } = flows;
    return alertsOf(campus, { username, password, filter: alertFilter(site) }, options, inner);
  });
}

function mingUnderLoad(variant: MingVariant, options: AlertLatencyOptions, context: BenchContext): Promise<Alerts> {
  return alone(context, async (inner) => {
    inner.progress.phase(`MING ${variant} · alerts at ${options.rate} messages/s`);
    const ming = await Ming.start(inner.cleanup, { devices: BACKGROUND_DEVICES + PROBE_DEVICES, variant });
    return alertsOf(ming, { filter: MING_ALERT_TOPIC }, options, inner);
  });
}

/** Crossings under a background load: the stack's first devices make it, `PROBE_DEVICES` after them cross. */
export async function alertsOf(
  stack: Stack,
  listener: AlertProbeOptions['listener'],
  {
    rate,
    samples,
    backgroundDevices = BACKGROUND_DEVICES,
  }: Pick<AlertLatencyOptions, 'rate' | 'samples'> & { backgroundDevices?: number },
  { cleanup }: BenchContext,
): Promise<Alerts> {
  const seconds = LEAD_MS / 1000 + samples / CROSSINGS_PER_SECOND + PROBE_SECONDS;
  const background = stack.accounts.slice(0, backgroundDevices);
  const load = { port: stack.mqttPort, accounts: background, firstIndex: 0, window: WINDOW, rate, seconds };
  const generator = await GeneratorProcess.start({ ...load, boot: 'benchmark' }, cleanup);
  const running = generator.run();
  await delay(LEAD_MS);
  const probe = fork(PROBE, { execArgv: [] });
  cleanup.defer(() => endProcess(probe));
  probe.send({
    port: stack.mqttPort,
    accounts: stack.accounts.slice(backgroundDevices),
    listener,
    samples,
    rate: CROSSINGS_PER_SECOND,
  } satisfies AlertProbeOptions);
  const [outcome] = (await Promise.race([once(probe, 'message'), diedEarly(probe)])) as [AlertProbeOutcome];
  const { skipped } = await running;
  return summary(outcome, skipped);
}

function summary({ samples, alerts, missed, latencyMs }: AlertProbeOutcome, skipped: number): Alerts {
  const { p50, p95, p99, max } = latencyMs;
  return {
    p99,
    figures: {
      p50_ms: rounded(p50),
      p95_ms: rounded(p95),
      p99_ms: rounded(p99),
      max_ms: rounded(max),
      crossings: samples,
      alerts,
      missed,
      background_skipped: skipped,
    },
    failures: missed > 0 ? [`${missed} of ${samples} crossings raised no alert in time`] : [],
  };
}

async function diedEarly(probe: ReturnType<typeof fork>): Promise<never> {
  const [code, signal] = await once(probe, 'exit');
  throw new Error(`the alert probe ended before it was done (${signal ?? `exit code ${code}`})`);
}
