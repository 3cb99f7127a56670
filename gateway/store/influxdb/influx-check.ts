import { Type } from '#typebox';
import { Compile } from '#typebox/compile';
import { CampusError } from '../../../contract/errors.ts';
import type { Server } from '../server.ts';
import type { StoreNeeds } from '../store.ts';
import type { InfluxQuery } from './influx-query.ts';
import type { InfluxTarget } from './influx-target.ts';
import { quoteName } from './influxql.ts';

const SECONDS_OF_DAY = 24 * 3600;

export interface InfluxCheck {
  target: InfluxTarget;
  server: Server;
  query: InfluxQuery;
  needs: StoreNeeds;
}

/**
 * Checks that the database takes writes and keeps them for long enough.
 * @returns what could not be checked
 * @throws CampusError `store_misconfigured` with what to do, `store_unavailable`
 */
export function checkInflux(check: InfluxCheck): Promise<string[]> {
  const { version } = check.target;
  if (version === 1) return checkDatabase(check);
  return version === 2 ? checkBucket(check) : checkVersion3(check);
}

/** 1.x: makes the database where it is missing; its default retention policy must hold points long enough. */
async function checkDatabase({ target, server, query, needs }: InfluxCheck): Promise<string[]> {
  const database = quoteName(target.database);
  const created = await attempt(() => query.run(`CREATE DATABASE ${database}`));
  if (created instanceof CampusError && !isForbidden(created)) throw created;
  const policies = await attempt(() => query.run(`SHOW RETENTION POLICIES ON ${database}`));
  if (policies instanceof CampusError) {
    if (!isForbidden(policies)) throw policies;
    return [`${server.name}: the account may not see the retention policy of ${target.database}`];
  }
  const [policy] = policies;
  const [nameAt = -1, durationAt = -1, defaultAt = -1] = ['name', 'duration', 'default'].map((column) =>
    policy?.columns.indexOf(column),
  );
  const row = policy?.values.find((values) => values[defaultAt] === true);
  if (row === undefined) {
    throw misconfigured(
      server,
      `the database ${target.database} has no default retention policy: CREATE RETENTION POLICY "campus" ON ${database} DURATION INF REPLICATION 1 DEFAULT`,
    );
  }
  const name = quoteName(String(row[nameAt]));
  const seconds = durationSeconds(String(row[durationAt]));
  if (isTooShort(seconds, needs)) {
    const repair = `ALTER RETENTION POLICY ${name} ON ${database} DURATION ${needs.holdDays}d`;
    throw tooShort({ server, what: `retention policy ${name} of ${target.database}`, seconds, needs, repair });
  }
  return [];
}

/** The part of `GET /api/v2/buckets` that is used; 0 seconds stand for ever. */
const Buckets = Compile(
  Type.Object({
    buckets: Type.Array(
      Type.Object({
        name: Type.String(),
        retentionRules: Type.Optional(Type.Array(Type.Object({ everySeconds: Type.Number() }))),
      }),
    ),
  }),
);

/** 2.x: the bucket must be there, hold points long enough, and be reachable for InfluxQL, which needs a DBRP mapping. */
async function checkBucket({ target, server, query, needs }: InfluxCheck): Promise<string[]> {
  const { database: name, org = '' } = target;
  const answer = await server.json({ path: '/api/v2/buckets', query: { org, name } });
  // An organisation that is not there is told by `{"code":"not found","message":"…"}`.
  const notFound = typeof answer === 'object' && answer !== null && 'code' in answer && answer.code === 'not found';
  if (!notFound && !Buckets.Check(answer)) throw server.unexpected(JSON.stringify(answer).slice(0, 200));
  const bucket = Buckets.Check(answer) ? answer.buckets.find((one) => one.name === name) : undefined;
  if (bucket === undefined) {
    throw misconfigured(
      server,
      `there is no bucket ${name} in the organisation ${org} that this token may see: influx bucket create --org '${org}' --name '${name}' --retention ${needs.holdDays}d`,
    );
  }
  const seconds = bucket.retentionRules?.[0]?.everySeconds ?? 0;
  if (isTooShort(seconds, needs)) {
    const repair = `influx bucket update --id ID --retention ${needs.holdDays}d`;
    throw tooShort({ server, what: `bucket ${name}`, seconds, needs, repair });
  }
  const readable = await attempt(() => query.run('SHOW MEASUREMENTS LIMIT 1'));
  if (!(readable instanceof CampusError)) return [];
  if (readable.code !== 'store_misconfigured') throw readable;
  throw misconfigured(
    server,
    `InfluxQL does not find the bucket ${name}: influx v1 dbrp create --org '${org}' --bucket-id ID --db '${name}' --rp autogen --default`,
  );
}

/** 3 makes a database at the first write and tells its retention to nobody but its administrator's tools. */
async function checkVersion3({ target, server, needs }: InfluxCheck): Promise<string[]> {
  const listed = await attempt(() => server.text({ path: '/api/v3/configure/database', query: { format: 'json' } }));
  // A token that may write one database may not list them all; one that is not known at all is another matter.
  if (listed instanceof CampusError && !isForbidden(listed)) throw listed;
  return [
    `${server.name}: see that the database ${target.database} keeps points for ${needs.holdDays} days at least (influxdb3 show retention)`,
  ];
}

/** A duration as InfluxQL prints it, e.g. `8760h0m0s`; `0s` stands for ever. */
function durationSeconds(text: string): number {
  const [, hours = '0', minutes = '0', seconds = '0'] = /^(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?$/.exec(text) ?? [];
  return Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
}

function isTooShort(seconds: number, { holdDays }: StoreNeeds): boolean {
  return seconds > 0 && seconds < holdDays * SECONDS_OF_DAY;
}

interface TooShort {
  server: Server;
  /** What keeps points for too short a time. */
  what: string;
  seconds: number;
  needs: StoreNeeds;
  /** The command that mends it. */
  repair: string;
}

function tooShort({ server, what, seconds, needs, repair }: TooShort): CampusError {
  const days = Math.floor((seconds / SECONDS_OF_DAY) * 10) / 10;
  const lower = days < 1 ? '' : `, or ${needs.askForLess(Math.floor(days))}`;
  return misconfigured(
    server,
    `the ${what} keeps points for ${days} days, expected at least ${needs.holdDays}: ${repair}${lower}`,
  );
}

function misconfigured(server: Server, what: string): CampusError {
  return new CampusError('store_misconfigured', `${server.name}: ${what}`);
}

/** InfluxDB 1.x answers `error authorizing query: … not authorized …` with status 403 or 200, by version. */
function isForbidden(error: CampusError): boolean {
  return error.message.includes('authoriz') || error.message.includes(' answers 403');
}

async function attempt<T>(work: () => Promise<T>): Promise<T | CampusError> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof CampusError) return error;
    throw error;
  }
}
