import { join } from 'node:path';
import { until } from '../../support/until.ts';
import { alone, type BenchContext, type BenchOutcome, inRounds, type Round } from '../bench.ts';
import { median, rounded } from '../figures.ts';
import { type History, publishHistory, writeHistory } from '../load/history-loader.ts';
import { metricNames } from '../load/machine-metrics.ts';
import { Campus, parseSeries } from '../stacks/campus.ts';
import { COMPACT_SOON, InfluxDb, parseInfluxAnswer } from '../stacks/influxdb.ts';
import { installMing } from '../stacks/ming-packages.ts';
import { temporaryDir } from '../temporary-dir.ts';
import { countMeans, differenceOf, meansOfInflux, meansOfOurs } from './query-answers.ts';

export interface QueryOptions {
  rounds: number;
  peer: boolean;
  devices: number;
  hours: number;
  /** Between two samples of one device. */
  everySeconds: number;
  /** Queries of each side in each round. */
  repeats: number;
}

const METRIC = 'cpu';
const FIELD = 'usage_user';
const STEP_MS = 5 * 60 * 1000;
/** A little less, which is no multiple of a minute: read from the points themselves. */
const STEP_OF_POINTS_MS = STEP_MS - 10_000;
const HOUR_MS = 3600 * 1000;

/** A day of many devices, averaged to five minutes by device: through our HTTP API, and as InfluxQL over HTTP on the same data. */
export function measureQuery(options: QueryOptions, context: BenchContext): Promise<BenchOutcome> {
  return alone(context, async (inner) => {
    if (options.peer) installMing();
    const ours = await Campus.start(inner.cleanup, { devices: options.devices });
    const history = historyOf(options, ours);
    await loadOurs(ours, history, inner);
    const peer = options.peer ? await loadPeer(history, inner) : undefined;
    const to = history.from + options.hours * HOUR_MS;
    const asked = { from: history.from, to, stepMs: STEP_MS };
    const ask: Asked = {
      ours: () => askOurs(ours, asked),
      points: () => askOurs(ours, { ...asked, stepMs: STEP_OF_POINTS_MS }),
    };
    if (peer !== undefined) ask.peer = () => askInflux(peer, asked);
    return inRounds(options.rounds, inner, (round) => measureRound(options, ask, round));
  });
}

interface Asked {
  ours: () => Promise<string>;
  /** Ours again, with a step that no roll-up answers. */
  points: () => Promise<string>;
  peer?: () => Promise<string>;
}

async function measureRound(options: QueryOptions, ask: Asked, { progress }: BenchContext): Promise<Round> {
  progress.phase(`campus-edge · ${options.repeats} queries`);
  const ours = await timed(options.repeats, ask.ours);
  const points = await timed(options.repeats, ask.points);
  const means = meansOfOurs(parseSeries(JSON.parse(ours.text)));
  const expected = options.devices * ((options.hours * HOUR_MS) / STEP_MS);
  const failures = countMeans(means) === expected ? [] : [`expected ${expected} means, got ${countMeans(means)}`];
  const figures = { ...figuresOf(ours, countMeans(means)), from_points_ms: rounded(points.median) };
  if (ask.peer === undefined) return { ours: figures, failures };
  progress.phase(`InfluxDB · ${options.repeats} queries`);
  const peer = await timed(options.repeats, ask.peer);
  const theirs = meansOfInflux(parseInfluxAnswer(JSON.parse(peer.text)));
  const difference = differenceOf(means, theirs);
  return {
    ours: figures,
    peer: figuresOf(peer, countMeans(theirs)),
    ratios: { duration: ours.median / peer.median },
    failures: difference === undefined ? failures : [...failures, `the answers differ: ${difference}`],
  };
}

interface Timed {
  /** The last answer. */
  text: string;
  first: number;
  median: number;
}

function figuresOf(timed: Timed, means: number) {
  return { duration_ms: rounded(timed.median), first_ms: rounded(timed.first), means };
}

/** Asks several times, from the request until the whole answer is there; ms. */
async function timed(repeats: number, ask: () => Promise<string>): Promise<Timed> {
  const durations: number[] = [];
  let text = '';
  for (let repeat = 0; repeat < repeats; repeat++) {
    const startedAt = performance.now();
    text = await ask();
    durations.push(performance.now() - startedAt);
  }
  return { text, first: durations[0] ?? Number.NaN, median: median(durations) };
}

/** Whole hours that ended before now, so that every step is full. */
function historyOf({ hours, everySeconds }: QueryOptions, { accounts }: Campus): History {
  const to = Math.floor(Date.now() / HOUR_MS) * HOUR_MS;
  const everyMs = everySeconds * 1000;
  return {
    devices: accounts,
    from: to - hours * HOUR_MS,
    everyMs,
    samplesPerDevice: (hours * HOUR_MS) / everyMs,
    metrics: [METRIC],
  };
}

async function loadOurs(ours: Campus, history: History, { progress }: BenchContext): Promise<void> {
  progress.phase('campus-edge · taking in the history');
  await publishHistory(ours.mqttPort, history, (share) => progress.detail(percent(share)));
  const expected = history.devices.length * history.samplesPerDevice;
  const index = metricNames.indexOf(METRIC);
  await until('the history can be queried', async () => ((await ours.counts())[index] ?? 0) >= expected, {
    timeoutMs: 300_000,
    everyMs: 500,
  });
  await ours.rollUp();
  await ours.run();
}

async function loadPeer(history: History, { cleanup, progress }: BenchContext): Promise<InfluxDb> {
  progress.phase('InfluxDB · taking in the history');
  const influx = await InfluxDb.start(join(temporaryDir('influxdb', cleanup), 'influxdb'), cleanup, COMPACT_SOON);
  await writeHistory(
    history,
    (lines) => influx.write(lines),
    (share) => progress.detail(percent(share)),
  );
  progress.phase('InfluxDB · compacting');
  await influx.compacted();
  return influx;
}

interface Question {
  from: number;
  to: number;
  stepMs: number;
}

async function askOurs(ours: Campus, { from, to, stepMs }: Question): Promise<string> {
  const query = `measurement=${METRIC}&field=${FIELD}&from=${from}&to=${to}&step=${stepMs}&aggregate=mean`;
  return (await ours.get(`series?${query}&group_by=device`)).text();
}

async function askInflux(influx: InfluxDb, { from, to, stepMs }: Question): Promise<string> {
  const where = `time >= ${from}ms AND time < ${to}ms`;
  const group = `GROUP BY time(${stepMs}ms), device fill(none)`;
  return (await influx.fetchQuery(`SELECT mean(${FIELD}) FROM ${METRIC} WHERE ${where} ${group}`)).text();
}

export function percent(share: number): string {
  return `${Math.floor(100 * share)} %`;
}
