import { alone, type BenchContext, type BenchOutcome, inRounds, type Round } from '../bench.ts';
import { type Figures, rounded } from '../figures.ts';
import { Campus } from '../stacks/campus.ts';
import { Ming } from '../stacks/ming.ts';
import { runTrial, type Trial } from './ingest-trial.ts';
import { measureLimits } from './limits.ts';
import { findLossFreeRate } from './loss-free-rate.ts';

export interface IngestOptions {
  rounds: number;
  peer: boolean;
  clients: number;
  window: number;
  seconds: number;
  warmUpSeconds: number;
  /** Messages a second at which CPU is compared; the peer's own highest rate where it is measured. */
  rate: number;
  /** Bare Telegraf messages, which the gateway cannot tell from repeated ones. */
  telegraf: boolean;
  limits: boolean;
  profileDir: string | undefined;
}

/** Where the search for the peer's rate begins, and what it never needs to try on a machine that this runs on. */
const PEER_SEARCH = { start: 2400, lowest: 100, highest: 100_000, precision: 1.06 };
/** From one rate to the next, in the first round and in the others, which begin where the last one ended. */
const STRIDES = { first: 1.25, later: 1.1 };

/** From publishing to stored and countable: flat out, and at the highest rate at which the peer loses nothing. */
export function measureIngest(options: IngestOptions, context: BenchContext): Promise<BenchOutcome> {
  let searchFrom = PEER_SEARCH.start;
  return inRounds(options.rounds, context, async (inner, round) => {
    const flatOut = await oursAt(0, options, inner);
    const peer = options.peer
      ? await peerAtItsBest({ start: searchFrom, stride: round === 1 ? STRIDES.first : STRIDES.later }, options, inner)
      : undefined;
    if (peer !== undefined) searchFrom = peer.rate;
    const rate = peer?.rate ?? options.rate;
    const steady = await oursAt(rate, options, inner);
    const limits = options.limits ? await measureLimits(options, inner) : undefined;
    return roundOf({ flatOut, steady, rate, peer, limits });
  });
}

interface Measured {
  flatOut: Trial;
  steady: Trial;
  rate: number;
  peer: { rate: number; trial: Trial } | undefined;
  limits: Figures | undefined;
}

function roundOf({ flatOut, steady, rate, peer, limits }: Measured): Round {
  const ours: Figures = {
    messages_per_second: rounded(flatOut.messagesPerSecond),
    metrics_per_second: rounded(flatOut.metricsPerSecond),
    cpu_per_metric: rounded(steady.cpuMsPerMetric),
    lost: flatOut.lost + steady.lost,
    doubled: flatOut.doubled + steady.doubled,
    flat_out: figuresOf(flatOut),
    at_rate: { rate, ...figuresOf(steady) },
  };
  const further = limits === undefined ? {} : { further: { limits: shareOf(limits, flatOut) } };
  const failures = [...failuresOf('flat out', flatOut), ...failuresOf(`at ${rate} messages/s`, steady)];
  if (peer === undefined) return { ours, ...further, failures };
  const { trial } = peer;
  return {
    ours,
    peer: {
      messages_per_second: peer.rate,
      metrics_per_second: rounded(trial.metricsPerSecond),
      cpu_per_metric: rounded(trial.cpuMsPerMetric),
      at_rate: { rate: peer.rate, ...figuresOf(trial) },
    },
    ratios: {
      messages_per_second: flatOut.messagesPerSecond / peer.rate,
      cpu_per_metric: steady.cpuMsPerMetric / trial.cpuMsPerMetric,
    },
    ...further,
    failures,
  };
}

/** Our share of the slower of the machine's limits. */
function shareOf(limits: Figures, { messagesPerSecond }: Trial): Figures {
  const slower = Math.min(...Object.values(limits).filter((value) => typeof value === 'number'));
  return { ...limits, share_of_slower: rounded(messagesPerSecond / slower) };
}

function figuresOf(trial: Trial): Figures {
  return {
    acknowledged: trial.acknowledged,
    ack_p50_ms: rounded(trial.ackMs.p50),
    ack_p99_ms: rounded(trial.ackMs.p99),
    cpu_ms_per_metric: rounded(trial.cpuMsPerMetric),
    cpu_seconds: Object.fromEntries(Object.entries(trial.cpuSeconds).map(([part, value]) => [part, rounded(value)])),
    generator_cpu_seconds: rounded(trial.generatorCpuSeconds),
    skipped: trial.skipped,
    machine_busy_percent: rounded(trial.busyPercent),
    machine_stolen_percent: rounded(trial.stolenPercent),
  };
}

function failuresOf(when: string, trial: Trial): string[] {
  const { acknowledged, lost, doubled, unacknowledged, missingMetrics } = trial;
  return [
    ...(missingMetrics > 0 ? [`${when}: ${missingMetrics} metrics of acknowledged messages are not in the store`] : []),
    ...(lost > 0 ? [`${when}: ${lost} of ${acknowledged} acknowledged messages are not in the store`] : []),
    ...(doubled > 0 ? [`${when}: ${doubled} messages are in the store twice`] : []),
    ...(unacknowledged > 0 ? [`${when}: ${unacknowledged} messages were never acknowledged`] : []),
  ];
}

function oursAt(rate: number, options: IngestOptions, context: BenchContext): Promise<Trial> {
  return alone(context, async (inner) => {
    inner.progress.phase(`campus-edge · ${rate === 0 ? 'flat out' : `${rate} messages/s`}`);
    const { clients, profileDir } = options;
    const stack = await Campus.start(inner.cleanup, { devices: 2 * clients, profileDir });
    return runTrial(stack, trialOptions(rate, options), inner);
  });
}

function peerAt(rate: number, options: IngestOptions, context: BenchContext): Promise<Trial> {
  return alone(context, async (inner) => {
    inner.progress.phase(`MING · ${rate} messages/s`);
    const stack = await Ming.start(inner.cleanup, { devices: 2 * options.clients });
    return runTrial(stack, trialOptions(rate, options), inner);
  });
}

/** The peer at the highest rate at which it stores all that it has acknowledged, and at which it takes all that is offered. */
async function peerAtItsBest(
  from: { start: number; stride: number },
  options: IngestOptions,
  context: BenchContext,
): Promise<{ rate: number; trial: Trial }> {
  const trials = new Map<number, Trial>();
  const rate = await findLossFreeRate({ ...PEER_SEARCH, ...from }, async (tried) => {
    // What else the machine does may cost the peer a message: a rate is too high when it fails twice.
    for (let attempt = 1; attempt <= 2; attempt++) {
      const trial = await peerAt(tried, options, context);
      const percent = ((100 * trial.lost) / trial.acknowledged).toFixed(1);
      context.progress.note(
        `  MING at ${tried} messages/s: ${trial.lost === 0 ? 'nothing lost' : `${percent} % lost`}`,
      );
      trials.set(tried, trial);
      if (trial.lost === 0 && trial.missingMetrics === 0 && trial.skipped === 0) return true;
    }
    return false;
  });
  const trial = rate === undefined ? undefined : trials.get(rate);
  if (rate === undefined || trial === undefined) {
    throw new Error(
      `MING loses messages even at ${PEER_SEARCH.lowest} a second: this machine is too busy to compare on`,
    );
  }
  return { rate, trial };
}

function trialOptions(rate: number, { seconds, warmUpSeconds, window, telegraf }: IngestOptions) {
  return { rate, seconds, warmUpSeconds, window, boot: telegraf ? undefined : 'benchmark' };
}
