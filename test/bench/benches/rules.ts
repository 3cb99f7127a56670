import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Type } from '#typebox';
import { Compile } from '#typebox/compile';
import { alertFilter } from '../../../contract/topics.ts';
import { readCredentials } from '../../../runtime/home.ts';
import { type BenchContext, type BenchOutcome, inRounds, type Round } from '../bench.ts';
import { rounded } from '../figures.ts';
import { GeneratorProcess } from '../load/generator-process.ts';
import { processUsage } from '../process-usage.ts';
import { Campus } from '../stacks/campus.ts';
import { alertsOf, IMMEDIATE_RULE, PROBE_DEVICES } from './alert-latency.ts';
import { rulesFlow, WITNESSES } from './rules-flow.ts';

export interface RulesOptions {
  rounds: number;
  rules: number;
  devices: number;
  /** Messages a second over all devices; each has a point of every measurement that the rules watch. */
  rate: number;
  /** How long CPU is measured. */
  seconds: number;
  /** Crossings whose alerts are waited for. */
  samples: number;
}

/** For compilation and the first messages to be over before the clock starts. */
const SETTLE_MS = 10_000;
const WINDOW = 20;

const Alerts = Type.Object({
  alerts: Type.Array(Type.Object({ rule: Type.String() })),
  next: Type.Optional(Type.String()),
});
const alertsAnswer = Compile(Alerts);

/** CPU of the flows process with many rules over many devices, and what that does to the time from sample to alert. */
export function measureRules(options: RulesOptions, context: BenchContext): Promise<BenchOutcome> {
  return inRounds(options.rounds, context, (inner) => oneRound(options, inner));
}

async function oneRound(
  { rules, devices, rate, seconds, samples }: RulesOptions,
  context: BenchContext,
): Promise<Round> {
  context.progress.phase(`${rules} rules · starting`);
  const campus = await Campus.prepare(context.cleanup, { devices: devices + PROBE_DEVICES, config: IMMEDIATE_RULE });
  mkdirSync(campus.home.flowsDir, { recursive: true });
  writeFileSync(join(campus.home.flowsDir, 'flows.json'), JSON.stringify(rulesFlow(rules)));
  await campus.run();
  const idle = await usageOver(campus, seconds);

  context.progress.phase(`${rules} rules · ${devices} devices · ${rate} messages/s`);
  const accounts = campus.accounts.slice(0, devices);
  const load = { port: campus.mqttPort, accounts, firstIndex: 0, window: WINDOW, rate, boot: 'benchmark' };
  const generator = await GeneratorProcess.start({ ...load, seconds: SETTLE_MS / 1000 + seconds + 1 }, context.cleanup);
  const running = generator.run();
  await delay(SETTLE_MS);
  const loaded = await usageOver(campus, seconds);
  const { skipped } = await running;

  const flows = readCredentials(campus.home, 'flows');
  if (flows === undefined) throw new Error('expected the credentials of the flows in the home, there are none');
  const { site, username, password } = flows;
  const listener = { username, password, filter: alertFilter(site) };
  const alerts = await alertsOf(campus, listener, { rate, samples, backgroundDevices: devices }, context);
  const raised = await rulesThatRaised(campus);
  return {
    ours: {
      ...{ rules, devices, skipped, evaluations_per_second: rules * rate },
      flows_cpu_percent: rounded(loaded.cpuPercent),
      flows_cpu_percent_idle: rounded(idle.cpuPercent),
      flows_rss_mb: rounded(loaded.rssMb),
      witnesses: raised,
      alerts: alerts.figures,
    },
    failures: [
      ...alerts.failures,
      ...(raised < Math.min(WITNESSES, rules) ? [`${raised} of ${WITNESSES} rules raised what they had to`] : []),
    ],
  };
}

async function usageOver(campus: Campus, seconds: number): Promise<{ cpuPercent: number; rssMb: number }> {
  const before = processUsage(campus.pid('flows'));
  const startedAt = performance.now();
  await delay(seconds * 1000);
  const after = processUsage(campus.pid('flows'));
  const took = (performance.now() - startedAt) / 1000;
  return { cpuPercent: (100 * (after.cpuSeconds - before.cpuSeconds)) / took, rssMb: after.rssBytes / 1e6 };
}

/** How many of the benchmark's own rules have raised an alert. */
async function rulesThatRaised(campus: Campus): Promise<number> {
  const answer: unknown = await (await campus.get('alerts?limit=500')).json();
  if (!alertsAnswer.Check(answer)) throw new Error(`unexpected alerts: ${JSON.stringify(answer).slice(0, 200)}`);
  return new Set(answer.alerts.map(({ rule }) => rule).filter((rule) => rule.startsWith('own-'))).size;
}
