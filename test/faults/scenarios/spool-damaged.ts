import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Random } from '../../support/random.ts';
import { idOf } from '../load/fleet.ts';
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
/** A message of the load is smaller. */
const MESSAGE_BYTES = 400;

interface EventPage {
  events: { type: string; facts?: { lost?: number; saved?: number } }[];
}

/** What happens to the spool of a gateway. */
type Strike = (gateway: Gateway, random: Random) => Promise<void>;

/** While the mirror is away the spool holds everything; it is damaged, the mirror comes back, and the gateway is started again if it has ended. */
function spoolDamaged(name: string, title: string, strike: Strike): Scenario {
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
        const outcome = await damageOnce(run, strike);
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

async function damageOnce(run: FaultRun, strike: Strike): Promise<Outcome> {
  const influxd = await startInfluxd(run);
  await influxd.kill();
  const site = await startSite(run, { config: `gateway: {mirrors: ["${influxd.location}"]}` });
  const { gateway, fleet } = site;
  await delay(1000 * run.effort.loadSeconds);
  await strike(gateway, run.random);
  influxd.launch();
  await influxd.ready();
  await keepRunning(gateway);
  await fleet.settle();
  const primary = await settledBalance(fleet.publishers, countFromApi(gateway.get), 30_000);
  const mirror = await drainedBalance(site, influxd.count);
  return judge(site, primary, mirror);
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

/** Whether a message seems to stand in a file as it was written: the names in all its points do, as far apart as they should be. */
function holdsWhole(content: Buffer, id: string): boolean {
  // In the spool a text comes after its length (gateway/store/point-codec.ts).
  const text = Buffer.alloc(4 + id.length);
  text.writeUInt32LE(id.length);
  text.write(id, 4);
  for (let first = content.indexOf(text); first !== -1; first = content.indexOf(text, first + 1)) {
    const second = content.indexOf(text, first + 1);
    if (second !== -1 && second - first < MESSAGE_BYTES) return true;
  }
  return false;
}

/** What was set aside. */
function leftovers(gateway: Gateway): Buffer[] {
  const dir = join(gateway.home, 'gateway');
  return readdirSync(dir)
    .filter((name) => name.includes('.damaged-'))
    .map((name) => readFileSync(join(dir, name)));
}

function spoolOf(gateway: Gateway): string {
  return join(gateway.home, 'gateway', 'spool.sqlite');
}

export const spoolTruncated = spoolDamaged(
  'spool-truncated',
  'the gateway is killed and its spool cut off; what is left of it is saved, the loss counted and raised',
  async (gateway, random) => {
    await gateway.end('SIGKILL');
    cutOff(spoolOf(gateway), random);
  },
);

export const spoolScribbled = spoolDamaged(
  'spool-scribbled',
  'the gateway is killed, its spool and the log of it are scribbled on; what can be read is saved, the loss counted and raised',
  async (gateway, random) => {
    await gateway.end('SIGKILL');
    scribble(spoolOf(gateway), random);
    scribble(`${spoolOf(gateway)}-wal`, random);
  },
);

export const spoolScribbledInUse = spoolDamaged(
  'spool-scribbled-in-use',
  'the spool is scribbled on while the gateway runs; it ends, saves what can be read at its next start, and counts and raises the loss',
  async (gateway, random) => scribble(spoolOf(gateway), random),
);
