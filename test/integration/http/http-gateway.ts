import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import pino from 'pino';
import { Registry as MetricsRegistry } from 'prom-client';
import { onTestFinished } from 'vitest';
import { Default, Parse } from '#typebox/value';
import { Bans, mqttBanRule } from '../../../gateway/access/bans.ts';
import { DeviceAccounts } from '../../../gateway/access/device-accounts.ts';
import { DeviceCertificates } from '../../../gateway/access/device-certificates.ts';
import { secretCost } from '../../../gateway/access/password-hash.ts';
import { People } from '../../../gateway/access/people.ts';
import type { Role } from '../../../gateway/access/roles.ts';
import { SignIn } from '../../../gateway/access/sign-in.ts';
import { passwordGateLimits, WorkGate } from '../../../gateway/access/work-gate.ts';
import { registryFile } from '../../../gateway/admin.ts';
import { Alerts } from '../../../gateway/alerts/alerts.ts';
import { Backups } from '../../../gateway/backup/backups.ts';
import { backupsDir } from '../../../gateway/backup/folder.ts';
import type { Commands } from '../../../gateway/commands/commands.ts';
import { SelfCommands } from '../../../gateway/commands/self-commands.ts';
import { type GatewayConfig, gatewayConfig } from '../../../gateway/config.ts';
import { Exports } from '../../../gateway/exports.ts';
import type { Api } from '../../../gateway/http/api.ts';
import type { HttpDeps } from '../../../gateway/http/deps.ts';
import { LiveFeed } from '../../../gateway/http/live-feed.ts';
import { createHttpServer } from '../../../gateway/http/server.ts';
import { ApprovalQueue } from '../../../gateway/join/approval-queue.ts';
import { DeviceCertifier } from '../../../gateway/join/device-certifier.ts';
import { Joining } from '../../../gateway/join/joining.ts';
import { PseudonymKeys } from '../../../gateway/privacy/pseudonym-keys.ts';
import { PrivacyReports } from '../../../gateway/privacy/report/privacy-reports.ts';
import { openRegistry, type Registry } from '../../../gateway/registry/registry.ts';
import { DuckDbStore } from '../../../gateway/store/duckdb/duckdb-store.ts';
import type { Point, SeriesQuery } from '../../../gateway/store/store.ts';
import { storeExtent } from '../../../gateway/store/store-extent.ts';
import { type Home, openHome } from '../../../runtime/home.ts';
import { makeCommands, type SentCommand } from '../../gateway/commands/make-commands.ts';
import { Clock } from '../../gateway/registry/temporary-registry.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

export interface RequestOptions {
  token?: string | undefined;
  cookie?: string | undefined;
  /** Sent as JSON. */
  body?: unknown;
  headers?: Record<string, string>;
}

/** The HTTP server on a real port over a real registry; measurements come from what a test puts into `points`. */
export interface HttpGateway {
  app: Api;
  url: string;
  home: Home;
  registry: Registry;
  alerts: Alerts;
  commands: Commands;
  /** What was commanded to devices. */
  sent: SentCommand[];
  people: People;
  bans: Bans;
  live: LiveFeed;
  clock: Clock;
  /** What `/latest` answers from. */
  points: Point[];
  /** What `/series` was asked. */
  seriesQueries: SeriesQuery[];
  /** Everything that was logged. */
  logged: () => string;
  request: (method: string, path: string, options?: RequestOptions) => Promise<Response>;
  /** The JSON of a successful GET. */
  get: (path: string, token: string) => Promise<Record<string, unknown>>;
  /** A new token of a role. */
  token: (role: Role) => string;
  /** Signs a new user of a role in; returns the cookie. */
  cookie: (role: Role) => Promise<string>;
}

export const password = 'correct horse';

/** Starts an HTTP gateway that is closed after the test. */
export async function startHttpGateway(overrides: Partial<HttpDeps> = {}): Promise<HttpGateway> {
  const clock = new Clock();
  const { now } = clock;
  const home = openHome(temporaryDirectory());
  const registry = openRegistry(registryFile(home), { now });
  const { users, sessions, audit, devices, db } = registry;
  const alerts = new Alerts({ db, knows: (site, id) => devices.has(site, id), random: (bytes) => randomBytes(bytes) });
  const people = new People({ users, gate: new WorkGate(passwordGateLimits), now, cost: secretCost });
  const bans = new Bans(mqttBanRule, now);
  const { commands, sent } = makeCommands(registry, clock);
  const live = new LiveFeed();
  const points: Point[] = [];
  const seriesQueries: SeriesQuery[] = [];
  const lines: string[] = [];
  const log = pino(
    { level: 'trace' },
    new Writable({ write: (line, _encoding, done) => done(void lines.push(String(line))) }),
  );
  const store = await DuckDbStore.open(join(home.gatewayDir, 'store.duckdb'));
  const backups = new Backups({
    ...{ dir: backupsDir(home), version: '9.8.7', site: 'school', store: 'duckdb', now },
    source: {
      home,
      copyStore: (_source, target, signal) => store.snapshot(target, signal),
      holdSpool: () => () => {},
      flushRegistry: () => registry.flush(),
    },
  });
  const authority = { certificate: '', key: '', fingerprint: 'A'.repeat(43) };
  const certifier = new DeviceCertifier({ authority, site: 'school', issued: registry.issuedCertificates, now });
  // Making an authority takes longer than most tests here, which let nobody join.
  const joining = new Joining({
    ...{ authority, registry, certifier, site: 'school' },
    ...{
      certificates: new DeviceCertificates({ credentials: registry.credentials, now }),
      mqttsPort: 8883,
      url: 'https://gateway.local:8443',
      now,
    },
  });
  const app = await createHttpServer({
    ...{ registry, alerts, commands, live, log, now },
    network: () => ({ host: 'gateway.local', port: 8883, ca: 'the authority' }),
    access: {
      accounts: new DeviceAccounts({ credentials: registry.credentials, now }),
      people,
      bans,
      signIn: new SignIn({ people, sessions, audit, now }),
    },
    store: {
      seriesJson: async (query) => {
        seriesQueries.push(query);
        const series = [{ tags: { device: 'room-1' }, points: [[query.from, 1.5]] }];
        return Buffer.from(JSON.stringify({ series, truncated: false }));
      },
    },
    backups,
    exports: new Exports(home, store),
    privacyReports: new PrivacyReports({
      ...{ site: 'school', version: '9.8.7', settings: defaultSettings(), registry, backups, now },
      store: { extents: async () => [await storeExtent('duckdb', store, now())] },
      spool: {
        stats: async () => ({ messages: 0, bytes: 0, firstPosition: 1, lastPosition: 0 }),
        read: async () => [],
      },
      keys: new PseudonymKeys({
        path: join(home.gatewayDir, 'pseudonym-keys.json'),
        ...{ days: 14, now, random: (bytes) => randomBytes(bytes) },
      }),
    }),
    joining,
    selfCommands: new SelfCommands({ joining, commands, audit, now, monotonicMs: now }),
    revocationList: { current: async () => Buffer.from('the list') },
    approvals: new ApprovalQueue({
      ...{ enabled: true, certifier, registry, site: 'school', mqttsPort: 8883, now },
      refused: () => {},
    }),
    latest: {
      query: ({ measurement, device, site }) =>
        points.filter(
          (point) =>
            (measurement ?? point.measurement) === point.measurement &&
            (device ?? point.device) === point.device &&
            (site ?? point.site) === point.site,
        ),
    },
    flowsEditor: { port: 1, secret: 'none' },
    readiness: () => true,
    consoleDir: `${home.dir}/no-console`,
    metrics: new MetricsRegistry(),
    about: { version: '9.8.7', site: 'school', store: 'duckdb', startedAt: now() },
    ...overrides,
  });
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  onTestFinished(async () => {
    await app.close();
    await backups.close();
    await store.close();
    registry.close();
  });
  const request: HttpGateway['request'] = (method, path, { token, cookie, body, headers = {} } = {}) =>
    fetch(`${url}${path}`, {
      method,
      redirect: 'manual',
      headers: {
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(cookie === undefined ? {} : { cookie }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  let madeUsers = 0;
  return {
    ...{ app, url, home, registry, alerts, commands, sent, people, bans, live, clock, points, seriesQueries, request },
    logged: () => lines.join(''),
    get: async (path, token) => {
      const response = await request('GET', path, { token });
      if (response.status !== 200) throw new Error(`GET ${path}: ${response.status} ${await response.text()}`);
      return (await response.json()) as Record<string, unknown>;
    },
    token: (role) => registry.tokens.add({ role, createdBy: 'test', now: now() })?.secret ?? '',
    cookie: async (role) => {
      madeUsers += 1;
      const name = `${role}-${madeUsers}`;
      await people.add({ name, role, password });
      const response = await request('POST', '/api/v1/session', { body: { username: name, password } });
      return cookieOf(response);
    },
  };
}

function defaultSettings(): GatewayConfig['gateway'] {
  return Parse(gatewayConfig, Default(gatewayConfig, {})).gateway;
}

/** The `name=value` of the cookie that a response sets. */
export function cookieOf(response: Response): string {
  return response.headers.get('set-cookie')?.split(';')[0] ?? '';
}

/** Status and code of a problem document; fails for anything else. */
export async function problemIn(response: Response): Promise<{ status: number; code: string; detail: string }> {
  if (!response.headers.get('content-type')?.startsWith('application/problem+json')) {
    throw new Error(`expected a problem document, got ${response.status} ${await response.text()}`);
  }
  const problem = (await response.json()) as {
    status: number;
    code: string;
    detail: string;
    type: string;
    title: string;
  };
  if (
    problem.status !== response.status ||
    problem.type !== `urn:campus-edge:error:${problem.code}` ||
    problem.title === ''
  ) {
    throw new Error(`a problem document that disagrees with its answer: ${JSON.stringify(problem)}`);
  }
  return { status: problem.status, code: problem.code, detail: problem.detail };
}
