import { readdirSync, readFileSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { integerBetween, type Random } from '../../support/random.ts';
import { until } from '../../support/until.ts';
import { idOf, loadMeasurements } from '../load/fleet.ts';
import { scribble, scribbleAt } from '../machine/file-damage.ts';
import type { Gateway } from '../machine/gateway.ts';
import { holdsWhole, isTakenByPrimary, moveLogIntoFile, placesIn, spoolOf } from '../machine/spool-file.ts';
import { startInfluxd } from '../machine/stores.ts';
import type { FaultRun, Outcome, Scenario } from '../scenario.ts';
import { type Balance, balance, settledBalance } from '../stored/balance.ts';
import { countFromApi } from '../stored/from-api.ts';
import { outcomeOf, type Site, startSite } from '../under-load.ts';

/** One of so many kills of the other scenarios is a damage here. */
const KILLS_A_ROUND = 10;
/** A message may be whole and the few bytes before it gone that say what it is: one at each edge of what was overwritten. */
const OVERLOOKED_MOST = 10;

/**
 * A message that was in the spool and not acknowledged yet is sent again, and so reported and not missing: as many as eight devices have on
 * their way.
 */
const REPORTED_TOO_MUCH = 8 * 16;

/**
 * Damage is found within this time of the mirror's return, ms, if it is found at all: the gateway looks for a mirror every 10 s, and reads the
 * spool from its beginning then.
 */
const NOTICED_MS = 15_000;
/** Messages that are damaged for certain where a spool is scribbled on. */
const VICTIMS = 3;

interface EventPage {
  events: { type: string; facts?: { lost?: number; saved?: number } }[];
}

interface SpoolDamage {
  name: string;
  title: string;
  /** What happens to the spool of a gateway. @param acknowledged names of the messages that devices will not send again */
  strike: (gateway: Gateway, acknowledged: ReadonlySet<string>, random: Random) => Promise<void>;
  /** True where the strike hits messages for certain; else it may hit pages that hold none. */
  hits: boolean;
}

/**
 * While the mirror is away the spool holds everything; it is damaged, the mirror comes back, and the gateway is started again if it has ended.
 * Where messages are hit for certain the first round is a quiet one: nothing is on its way, and the sums must agree to the message.
 */
function spoolDamaged(damage: SpoolDamage): Scenario {
  const { name, title, hits } = damage;
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
        const outcome = await damageOnce(run, damage, hits && round === 1);
        run.say(`${name} ${round} of ${rounds}: ${JSON.stringify(outcome.figures)}`);
        total.lost += outcome.lost;
        total.doubled += outcome.doubled;
        total.failures.push(...outcome.failures);
        for (const [figure, value] of Object.entries(outcome.figures))
          total.figures[figure] = (total.figures[figure] ?? 0) + value;
        await run.undo();
      }
      return total;
    },
  };
}

async function damageOnce(run: FaultRun, { strike, hits }: SpoolDamage, quiet: boolean): Promise<Outcome> {
  const influxd = await startInfluxd(run);
  await influxd.kill();
  const site = await startSite(run, { config: `gateway: {mirrors: ["${influxd.location}"]}` });
  const { gateway, fleet } = site;
  await until('messages are acknowledged', () => fleet.acknowledged > 0);
  await delay(1000 * run.effort.loadSeconds);
  if (quiet) await comeToRest(site);
  const acknowledged = fleet.publishers.flatMap((one) =>
    [...one.acknowledged].map((number) => idOf(one.device, number)),
  );
  await strike(gateway, new Set(acknowledged), run.random);
  influxd.launch();
  await influxd.ready();
  await keepRunning(gateway);
  await fleet.settle();
  const primary = await settledBalance(fleet.publishers, countFromApi(gateway.get), 30_000);
  const mirror = await drainedBalance(site, influxd.count);
  const outcome = await judge(site, primary, mirror);
  const { damaged = 0, reported = 0 } = outcome.figures;
  if (hits && damaged === 0) outcome.failures.push('no message was damaged: nothing was tested');
  if (quiet && damaged !== reported)
    outcome.failures.push(`${damaged} messages are missing and ${reported} were reported lost`);
  return outcome;
}

/** Nothing is on its way any more, the primary has everything, and the spool holds it all for the mirror. */
async function comeToRest({ gateway, fleet }: Site): Promise<void> {
  await fleet.settle();
  // Whoever asks for a series has the primary take what was acknowledged.
  await gateway.get(`series?measurement=${loadMeasurements[0]}&field=seq&from=0&to=1`);
  await until('the spool knows what the primary has', () => isTakenByPrimary(spoolOf(gateway)));
}

/** Does what a supervisor does: a gateway that has ended, or ends within some seconds, is started again. */
async function keepRunning(gateway: Gateway): Promise<void> {
  for (let waited = 0; waited < NOTICED_MS && gateway.running; waited += 100) await delay(100);
  if (!gateway.running) await gateway.start();
}

/** The balance of the mirror once the spool is empty: whatever is missing then is gone. */
async function drainedBalance({ gateway, fleet }: Site, count: Parameters<typeof balance>[1]): Promise<Balance> {
  for (let waited = 0; waited < 60 && (await gateway.figure('campus_spool_messages')) > 0; waited++) await delay(1000);
  return balance(fleet.publishers, count);
}

/** What is missing must have been reported, and must not still be there to be read. */
async function judge({ gateway }: Site, primary: Balance, mirror: Balance): Promise<Outcome> {
  const messages = (names: readonly string[]): Set<string> =>
    new Set(names.map((text) => text.replace(/\/[^/]+\//, '/')));
  const missing = messages([...primary.lost, ...mirror.lost]);
  const { events } = await gateway.get<EventPage>('events?limit=200');
  const damage = events.filter(({ type }) => type === 'spool-damaged');
  const reported = damage.reduce((sum, { facts }) => sum + (facts?.lost ?? 0), 0);
  const left = leftovers(gateway);
  const overlooked = [...missing].filter((name) => {
    const [device = '', sequence] = name.split('/');
    return left.some((content) => holdsWhole(content, idOf(device, Number(sequence))));
  });
  const outcome = outcomeOf({ ...mirror, lost: [], doubled: [...primary.doubled, ...mirror.doubled] });
  // Lost is what nobody was told of.
  outcome.lost = Math.max(0, missing.size - reported);
  if (outcome.lost > 0) outcome.failures.push(`${missing.size} messages are missing, ${reported} were reported lost`);
  if (reported > missing.size + REPORTED_TOO_MUCH)
    outcome.failures.push(`${reported} messages were reported lost, ${missing.size} are missing`);
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

export const spoolTruncated = spoolDamaged({
  name: 'spool-truncated',
  title: 'the gateway is killed and its spool cut off; what is left of it is saved, the loss counted and raised',
  hits: true,
  strike: async (gateway, acknowledged, random) => {
    await gateway.end('SIGKILL');
    const path = spoolOf(gateway);
    // A short load would lie in the log alone, which is whole.
    moveLogIntoFile(path);
    const places = placesIn(path, (id) => acknowledged.has(id));
    const cut = places[Math.floor(places.length * (0.4 + 0.5 * random()))];
    if (cut !== undefined) truncateSync(path, cut.at);
  },
});

export const spoolScribbled = spoolDamaged({
  name: 'spool-scribbled',
  title:
    'the gateway is killed, its spool and the log of it are scribbled on; what can be read is saved, the loss counted and raised',
  hits: true,
  strike: async (gateway, acknowledged, random) => {
    await gateway.end('SIGKILL');
    const names = [...acknowledged];
    const victims = new Set(Array.from({ length: VICTIMS }, () => names[integerBetween(random, 0, names.length - 1)]));
    for (const path of [spoolOf(gateway), `${spoolOf(gateway)}-wal`]) {
      // A message may stand in the file, in the log, and in older rounds of the log: any of them would save it.
      const places = placesIn(path, (id) => victims.has(id));
      scribbleAt(
        path,
        places.map(({ at }) => at),
        random,
      );
      scribble(path, random);
    }
  },
});

export const spoolScribbledInUse = spoolDamaged({
  name: 'spool-scribbled-in-use',
  title:
    'the spool is scribbled on while the gateway runs; it ends, saves what can be read at its next start, and counts and raises the loss',
  // What the gateway has in its memory need not be read again.
  hits: false,
  strike: async (gateway, _acknowledged, random) => scribble(spoolOf(gateway), random),
});
