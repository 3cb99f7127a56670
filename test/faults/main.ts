import { parseArgs } from 'node:util';
import { seededRandom } from '../support/random.ts';
import { type Effort, FaultRun, isGood, type Outcome, type Scenario } from './scenario.ts';
import { scenarios } from './scenarios/index.ts';

/** `npm run faults [-- …]`: faults of every kind under load, checked from the publishers' own record against the store. */

const names = scenarios.map(({ name }) => name);
const usage = `usage: npm run faults [-- --only NAME]… [--kills 50] [--outage-seconds 600] [--load-seconds 30] [--seed S] [--json]
scenarios: ${names.join(', ')}
example: npm run faults -- --only gateway --only flows --kills 5`;

interface Result extends Outcome {
  name: string;
  good: boolean;
  seconds: number;
  seed: number;
}

interface Report {
  seed: number;
  lost: number;
  doubled: number;
  failed: string[];
  skipped: string[];
  scenarios: Result[];
}

const options = readArguments(process.argv.slice(2));
if (options === undefined) {
  console.error(usage);
  process.exit(2);
}
const current: { run?: FaultRun } = {};
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    say('stopping: what was started is ended');
    void (current.run?.end() ?? Promise.resolve()).finally(() => process.exit(130));
  });
}
const report = await runAll(options.chosen, options.effort, options.seed);
print(report);
if (options.json) console.log(JSON.stringify({ faults: report }));
process.exit(exitCode(report));

function readArguments(
  args: string[],
): { chosen: readonly Scenario[]; effort: Effort; seed: number; json: boolean } | undefined {
  const { values } = parse(args) ?? {};
  if (values === undefined) return undefined;
  const only = values.only ?? [];
  const numbers = [values.kills, values['outage-seconds'], values['load-seconds'], values.seed].map(Number);
  const [kills = 0, outageSeconds = 0, loadSeconds = 0, seed = 0] = numbers;
  const valid = numbers.every((number) => Number.isSafeInteger(number) && number >= 1);
  if (!valid || only.some((name) => !names.includes(name))) return undefined;
  const chosen = only.length === 0 ? scenarios : scenarios.filter(({ name }) => only.includes(name));
  return { chosen, effort: { kills, outageSeconds, loadSeconds }, seed, json: values.json };
}

function parse(args: string[]) {
  try {
    return parseArgs({
      args,
      options: {
        only: { type: 'string', multiple: true },
        kills: { type: 'string', default: '50' },
        'outage-seconds': { type: 'string', default: '600' },
        'load-seconds': { type: 'string', default: '30' },
        seed: { type: 'string', default: String(1 + Math.floor(Math.random() * 1e9)) },
        json: { type: 'boolean', default: false },
      },
    });
  } catch (error) {
    console.error((error as Error).message);
    return undefined;
  }
}

/** 2 when nothing that was asked for could be run: that is no good result. */
function exitCode({ failed, scenarios: run }: Report): number {
  if (run.length === 0) return 2;
  return failed.length === 0 ? 0 : 1;
}

async function runAll(chosen: readonly Scenario[], effort: Effort, seed: number): Promise<Report> {
  const results: Result[] = [];
  const skipped: string[] = [];
  say(`seed ${seed}: --seed ${seed} makes the same moments come again`);
  for (const scenario of chosen) {
    const reason = scenario.unable?.();
    if (reason !== undefined) {
      say(`${scenario.name}: skipped, ${reason}`);
      skipped.push(scenario.name);
      continue;
    }
    results.push(await runOne(scenario, effort, seed));
  }
  const sum = (figure: 'lost' | 'doubled'): number => results.reduce((total, result) => total + result[figure], 0);
  const failed = results.filter(({ good }) => !good).map(({ name }) => name);
  return { seed, lost: sum('lost'), doubled: sum('doubled'), failed, skipped, scenarios: results };
}

async function runOne(scenario: Scenario, effort: Effort, seed: number): Promise<Result> {
  const { name, title } = scenario;
  say(`${name}: ${title}`);
  const started = performance.now();
  const run = new FaultRun({ effort, random: seededRandom(seed), say: (text) => say(`${name}: ${text}`) });
  current.run = run;
  let outcome: Outcome;
  try {
    outcome = await scenario.run(run);
  } catch (error) {
    // A scenario that cannot come to its end has failed; the others are run all the same.
    const message = error instanceof Error ? error.message : String(error);
    outcome = { lost: 0, doubled: 0, failures: [message], figures: {} };
  } finally {
    await run.end();
  }
  const seconds = Math.round((performance.now() - started) / 100) / 10;
  const result = { name, good: isGood(outcome), ...outcome, seconds, seed };
  say(`${name}: ${summary(result)}`);
  return result;
}

function summary({ good, lost, doubled, failures, figures, seconds }: Result): string {
  const facts = Object.entries(figures).map(([figure, value]) => `${figure} ${value}`);
  return [
    `${good ? 'good' : 'BAD '} ${lost} lost, ${doubled} doubled (${[...facts, `${seconds} s`].join(', ')})`,
    ...failures,
  ].join('\n    ');
}

/** Progress goes to standard error: the last line of standard output is the summary, for programs. */
function say(text: string): void {
  console.error(`${new Date().toISOString().slice(11, 19)} ${text}`);
}

function print({ scenarios: results, skipped, lost, doubled, failed, seed }: Report): void {
  for (const result of results) console.log(`${result.name}: ${summary(result)}`);
  for (const name of skipped) console.log(`${name}: skipped`);
  console.log(`${lost} lost, ${doubled} doubled, ${failed.length} of ${results.length} scenarios failed, seed ${seed}`);
}
