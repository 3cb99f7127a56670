import { mkdtempSync, rmSync } from 'node:fs';
import { setPriority, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { seededRandom } from '../support/random.ts';
import type { Effort, Part } from './part.ts';
import { parts } from './parts/index.ts';
import { payloads } from './parts/payloads.ts';
import { type PartResult, runPart, shareOf } from './run-part.ts';
import { Target } from './target.ts';

/** `npm run fuzz [-- …]`: nonsense, floods and thousands of connections against a real gateway, while devices report that do nothing wrong. */

const names = parts.map(({ name }) => name);
const usage = `usage: npm run fuzz [-- --only NAME]… [--packets 1000000] [--requests 100000] [--connections 5000] [--log-ins 20000] [--seconds 15] [--seed S] [--json]
parts: ${names.join(', ')}
example: npm run fuzz -- --only requests --requests 5000 --seed 1`;
/** Of one account, eight connections stay at once. */
const CONNECTIONS_PER_ACCOUNT = 8;
/** Of one token, a flood's requests are refused soon; a hundred of each role let them through. */
const TOKENS_PER_ROLE = 100;
/** Attackers have machines of their own, and here one with the gateway: they get what it and the devices leave. Linux counts it by thread. */
const ATTACKERS_NICENESS = 10;
/** Share of the payloads that come before everything else. */
const WARM_SHARE = 0.2;
const PROGRESS_MS = 2000;

const options = readArguments(process.argv.slice(2));
if (options === undefined) {
  console.error(usage);
  process.exit(2);
}
const home = mkdtempSync(join(tmpdir(), 'campus-edge-fuzz-'));
const current: { target?: Target } = {};
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    say('stopping: what was started is ended');
    void end().finally(() => process.exit(130));
  });
}
const results = await runAll(options.chosen, options.effort, options.seed).finally(end);
print(results, options.seed);
if (options.json) console.log(JSON.stringify({ fuzz: { seed: options.seed, parts: results } }));
process.exit(results.every(({ good }) => good) ? 0 : 1);

function readArguments(
  args: string[],
): { chosen: readonly Part[]; effort: Effort; seed: number; json: boolean } | undefined {
  const values = parse(args);
  if (values === undefined) return undefined;
  const numbers = [
    values.packets,
    values.requests,
    values.connections,
    values['log-ins'],
    values.seconds,
    values.seed,
  ].map(Number);
  const [packets = 0, requests = 0, connections = 0, logIns = 0, seconds = 0, seed = 0] = numbers;
  const valid = numbers.every((number) => Number.isSafeInteger(number) && number >= 1);
  const only = values.only ?? [];
  if (!valid || only.some((name) => !names.includes(name))) return undefined;
  const chosen = only.length === 0 ? parts : parts.filter(({ name }) => only.includes(name));
  return { chosen, effort: { packets, requests, connections, logIns, seconds }, seed, json: values.json };
}

function parse(args: string[]) {
  try {
    return parseArgs({
      args,
      options: {
        only: { type: 'string', multiple: true },
        packets: { type: 'string', default: '1000000' },
        requests: { type: 'string', default: '100000' },
        connections: { type: 'string', default: '5000' },
        'log-ins': { type: 'string', default: '20000' },
        seconds: { type: 'string', default: '15' },
        seed: { type: 'string', default: String(1 + Math.floor(Math.random() * 1e9)) },
        json: { type: 'boolean', default: false },
      },
    }).values;
  } catch (error) {
    console.error((error as Error).message);
    return undefined;
  }
}

async function runAll(chosen: readonly Part[], effort: Effort, seed: number): Promise<PartResult[]> {
  say(`seed ${seed}: --seed ${seed} sends the same again`);
  const accounts = Math.ceil((2 * effort.connections) / CONNECTIONS_PER_ACCOUNT) + 50;
  const target = await Target.start(home, { accounts, tokensPerRole: TOKENS_PER_ROLE });
  current.target = target;
  // The gateway is a process, and the devices a thread, that were started before.
  setPriority(ATTACKERS_NICENESS);
  say('warming up: the store takes its share of the memory when it has much to write');
  const random = seededRandom(seed + 1);
  await payloads.run({ target, random, effort: shareOf(effort, WARM_SHARE), progress: () => {} });
  const found: PartResult[] = [];
  for (const part of chosen) {
    say(`${part.name}: ${part.title}`);
    let shownAt = 0;
    const progress = (done: number, total: number): void => {
      if (performance.now() - shownAt < PROGRESS_MS) return;
      shownAt = performance.now();
      say(`${part.name}: ${done} of ${total}, ${Math.round(target.gateway.rssBytes / 1e6)} MB`);
    };
    const result = await runPart({ target, part, effort, random: seededRandom(seed), progress });
    say(`${part.name}: ${summary(result)}`);
    found.push(result);
    if (!target.gateway.running) break;
  }
  return found;
}

async function end(): Promise<void> {
  await current.target?.end();
  rmSync(home, { recursive: true, force: true, maxRetries: 3 });
}

function summary({
  good,
  seconds,
  failures,
  figures,
  legitimate,
  quietP99Ms,
  rssBeforeMb,
  rssAfterMb,
}: PartResult): string {
  const facts = Object.entries(figures).map(([figure, value]) => `${figure} ${value}`);
  const others = `legitimate: ${legitimate.messages} messages, p99 ${legitimate.p99Ms} ms, max ${legitimate.maxMs} ms (quiet p99 ${quietP99Ms} ms)`;
  const line = `${good ? 'good' : 'BAD '} ${facts.join(', ')}; ${others}; ${rssBeforeMb} → ${rssAfterMb} MB; ${seconds} s`;
  return [line, ...failures].join('\n    ');
}

/** Progress goes to standard error: the last line of standard output is the summary, for programs. */
function say(text: string): void {
  console.error(`${new Date().toISOString().slice(11, 19)} ${text}`);
}

function print(found: readonly PartResult[], seed: number): void {
  for (const result of found) console.log(`${result.name}: ${summary(result)}`);
  const bad = found.filter(({ good }) => !good).length;
  console.log(`${bad} of ${found.length} parts failed, seed ${seed}`);
}
