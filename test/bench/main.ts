import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CommanderError } from 'commander';
import { Cleanup } from './cleanup.ts';
import { commitOf, thisMachine } from './machine.ts';
import { keepResults } from './performance-document.ts';
import { outcomeText } from './print-outcome.ts';
import { createProgram, type ReportRequest, type Requested } from './program.ts';
import { Progress } from './progress.ts';
import { parseResults, resultOf } from './result.ts';

/**
 * `npm run bench -- NAME`: measurements that take minutes and depend on the machine, and so are no tests.
 * Exits with 0, 1 (ran, and something acknowledged was lost or an answer was wrong) or 2 (wrong use).
 */

const root = fileURLToPath(new URL('../..', import.meta.url));

/** What the shell says of a program that Ctrl-C ended: 128 and the signal's number. */
const INTERRUPTED = 130;

const cleanup = new Cleanup();
const progress = new Progress(process.stderr);
let interrupted = false;

async function bench({ name, rounds, json, options, measure }: Requested): Promise<void> {
  const outcome = await measure({ cleanup, progress });
  progress.end();
  if (json) {
    const context = { bench: name, rounds, options, machine: thisMachine(), commit: commitOf(root), now: new Date() };
    console.log(JSON.stringify(resultOf(outcome, context)));
  } else process.stdout.write(outcomeText(outcome));
  if (outcome.failures.length > 0) process.exitCode = 1;
  if (json) for (const failure of outcome.failures) progress.note(`FAILED: ${failure}`);
}

function report({ files }: ReportRequest): void {
  const results = files.flatMap((file) => parseResults(readFileSync(file, 'utf8')));
  if (results.length === 0) throw new Error(`expected lines that \`--json\` printed, got none in ${files.join(', ')}`);
  keepResults(join(root, 'docs'), results);
  console.log(`in docs/performance.md: ${results.map(({ bench }) => bench).join(', ')}`);
}

async function interrupt(): Promise<void> {
  if (interrupted) return;
  interrupted = true;
  progress.note('interrupted: ending what was started …');
  await cleanup.run();
  process.exit(INTERRUPTED);
}
/** Nothing here is meant to end this way, and what was started must not stay for it. */
async function crash(error: Error): Promise<void> {
  if (interrupted) return;
  interrupted = true;
  progress.note(error.stack ?? error.message);
  await cleanup.run();
  process.exit(1);
}
process.on('uncaughtException', (error) => void crash(error));

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void interrupt());

try {
  await createProgram({ bench, report }).parseAsync();
} catch (error) {
  // What an interruption ends fails in one way or another, which is no news.
  if (!interrupted) {
    progress.end();
    const isUsage = error instanceof CommanderError;
    if (!isUsage) console.error((error as Error).message);
    process.exitCode = isUsage ? (error.exitCode === 0 ? 0 : 2) : 1;
  }
}
await cleanup.run();
