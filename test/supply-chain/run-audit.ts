import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../tidy/sources.ts';
import { judge, parseAcceptances, parseAudit } from './audit.ts';
import { consolePackages } from './console-packages.ts';
import { deliveredPackages, readLockfile } from './lockfile.ts';

// `npm run audit`: asks the registry for known faults of what is delivered. Exits with 0 when each high or critical one has a reason in
// accepted-advisories.json, with 1 when one has none, and with 3 when the registry does not answer: then nothing is known.

const NO_ANSWER = 3;
const ANSWER_MS = 120_000;

const delivered = new Set(deliveredPackages(readLockfile(), consolePackages()).map(({ path }) => path));
const accepted = parseAcceptances(readFileSync(join(import.meta.dirname, 'accepted-advisories.json'), 'utf8'));
// npm counts the console's packages among those of developers, so it is asked for all of them.
const { stdout, stderr, error } = spawnSync('npm', ['audit', '--json'], {
  cwd: root,
  encoding: 'utf8',
  timeout: ANSWER_MS,
});
if (error !== undefined || stdout.trim() === '') {
  noAnswer(error?.message ?? stderr.trim());
} else {
  const answer = parseAudit(stdout);
  if ('noAnswer' in answer) noAnswer(answer.noAnswer);
  else tell(judge(answer.advisories, accepted, delivered));
}

function noAnswer(why: string): void {
  console.error(
    `The registry does not tell known faults (${why}). So nothing is known: ask one that does, by npm_config_registry=URL npm run audit.`,
  );
  process.exitCode = NO_ANSWER;
}

function tell({ open, accepted: reasoned, stale }: ReturnType<typeof judge>): void {
  for (const { severity, package: name, id, title } of open) console.log(`${severity} ${name} ${id}: ${title}`);
  for (const { package: name, id } of reasoned) console.log(`accepted ${name} ${id}`);
  for (const { package: name, advisory } of stale) console.log(`no longer there, take out ${name} ${advisory}`);
  console.log(
    `${delivered.size} packages: ${open.length} high or critical without a reason, ${reasoned.length} with one`,
  );
  process.exitCode = open.length + stale.length === 0 ? 0 : 1;
}
