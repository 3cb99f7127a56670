import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Random } from '../../support/random.ts';
import { cutOff, scribble } from '../machine/file-damage.ts';
import type { Gateway } from '../machine/gateway.ts';
import { startInfluxd } from '../machine/stores.ts';
import type { FaultRun, Outcome, Scenario } from '../scenario.ts';
import { type Balance, balance, settledBalance } from '../stored/balance.ts';
import { countFromApi } from '../stored/from-api.ts';
import { outcomeOf, type Site, startSite } from '../under-load.ts';

/** One of so many kills of the other scenarios is a damage here. */
const KILLS_A_ROUND = 10;
/** A message may be whole and the few bytes before it gone that say what it is: one at each edge of what was overwritten. */
const OVERLOOKED_MOST = 10;

interface EventPage {
  events: { type: string; facts?: { lost?: number; saved?: number } }[];
}

type Damage = (spool: string, random: Random) => void;

/** The spool holds everything, for the mirror is away; the gateway is killed, the spool damaged, and both come back. */
function spoolDamaged(name: string, title: string, damage: Damage): Scenario {
  return {
    name,
    title,
    run: async (run) => {
      const total: Outcome = {
        lost: 0,
        doubled: 0,
        failures: [],
        figures: { damaged: 0, reported: 0, acknowledged: 0 },
      };
      const rounds = Math.max(1, Math.floor(run.effort.kills / KILLS_A_ROUND));
      for (let round = 1; round <= rounds; round++) {
        const outcome = await damageOnce(run, damage);
        run.say(`${name} ${round} of ${rounds}: ${JSON.stringify(outcome.figures)}`);
        total.lost += outcome.lost;
        total.doubled += outcome.doubled;
        total.failures.push(...outcome.failures);
        for (const [figure, value] of Object.entries(outcome.figures))
          total.figures[figure] = (total.figures[figure] ?? 0) + value;
        await run.end();
      }
      return total;
    },
  };
}

async function damageOnce(run: FaultRun, damage: Damage): Promise<Outcome> {
  const influxd = await startInfluxd(run);
  await influxd.kill();
  const site = await startSite(run, { config: `gateway: {mirrors: ["${influxd.location}"]}` });
  const { gateway, fleet } = site;
  await delay(1000 * run.effort.loadSeconds);
  await gateway.end('SIGKILL');
  damage(join(gateway.home, 'gateway', 'spool.sqlite'), run.random);
  influxd.launch();
  await influxd.ready();
  await gateway.start();
  await fleet.settle();
  const primary = await settledBalance(fleet.publishers, countFromApi(gateway.get), 30_000);
  const mirror = await drainedBalance(site, influxd.count);
  return judge(site, primary, mirror);
}

/** The balance of the mirror once the spool is empty: whatever is missing then is gone. */
async function drainedBalance({ gateway, fleet }: Site, count: Parameters<typeof balance>[1]): Promise<Balance> {
  for (let waited = 0; waited < 60 && (await gateway.figure('campus_spool_messages')) > 0; waited++) await delay(1000);
  return balance(fleet.publishers, count);
}

/** What is missing must have been reported, and must not still be there to be read. */
async function judge({ gateway, fleet }: Site, primary: Balance, mirror: Balance): Promise<Outcome> {
  const messages = (names: readonly string[]): Set<string> =>
    new Set(names.map((text) => text.replace(/\/[^/]+\//, '/')));
  const missing = messages([...primary.lost, ...mirror.lost]);
  const { events } = await gateway.get<EventPage>('events?limit=200');
  const damage = events.filter(({ type }) => type === 'spool-damaged');
  const reported = damage.reduce((sum, { facts }) => sum + (facts?.lost ?? 0), 0);
  const left = leftovers(gateway);
  const overlooked = [...missing].filter((name) => {
    const [device = '', sequence] = name.split('/');
    const boot = `"boot":"${device}-${fleet.publishers.find((publisher) => publisher.device === device)?.timeOf(0)}"`;
    return left.some((content) => content.includes(`${boot},"seq":${sequence}}`));
  });
  const outcome = outcomeOf({ ...mirror, lost: [], doubled: [...primary.doubled, ...mirror.doubled] });
  // Lost is what nobody was told of.
  outcome.lost = Math.max(0, missing.size - reported);
  if (outcome.lost > 0) outcome.failures.push(`${missing.size} messages are missing, ${reported} were reported lost`);
  if (missing.size > 0 && damage.length === 0) outcome.failures.push('no event tells of the damage');
  if (overlooked.length > OVERLOOKED_MOST)
    outcome.failures.push(`could have been saved: ${overlooked.length}, e.g. ${overlooked.slice(0, 5).join(', ')}`);
  Object.assign(outcome.figures, { damaged: missing.size, reported, overlooked: overlooked.length });
  return outcome;
}

/** What was set aside. */
function leftovers(gateway: Gateway): Buffer[] {
  const dir = join(gateway.home, 'gateway');
  return readdirSync(dir)
    .filter((name) => name.includes('.damaged-'))
    .map((name) => readFileSync(join(dir, name)));
}

export const spoolTruncated = spoolDamaged(
  'spool-truncated',
  'the spool file is cut off; what is left of it is saved, the loss counted and raised',
  (spool, random) => void cutOff(spool, random),
);

export const spoolScribbled = spoolDamaged(
  'spool-scribbled',
  'the spool file and its log are scribbled on; what can be read is saved, the loss counted and raised',
  (spool, random) => {
    scribble(spool, random);
    scribble(`${spool}-wal`, random);
  },
);
