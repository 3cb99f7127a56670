import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Static, Type } from '#typebox';
import { Compile } from '#typebox/compile';
import { parseReady } from '../../../cli/supervisor/ready.ts';
import { type ProcessName, spawnProcess } from '../../../cli/supervisor/spawn-process.ts';
import { DuckDbStore } from '../../../gateway/store/duckdb/duckdb-store.ts';
import { type Home, openHome } from '../../../runtime/home.ts';
import { freeGatewayPorts, type GatewayPorts, portsInEnv } from '../../support/free-port.ts';
import type { Cleanup } from '../cleanup.ts';
import type { Account } from '../load/account.ts';
import { metricNames } from '../load/machine-metrics.ts';
import { endProcess, type Server, withTail } from '../processes.ts';
import { temporaryDir } from '../temporary-dir.ts';
import { type Access, makeAccess } from './accounts.ts';
import type { Stack } from './stack.ts';

const DAY_MS = 24 * 3600 * 1000;

/** Rows of one page of raw points; the API cuts at as many. */
const PAGE_POINTS = 50_000;

/** What `/api/v1/series` answers about a field of numbers. */
const SeriesAnswer = Type.Object({
  series: Type.Array(
    Type.Object({
      tags: Type.Record(Type.String(), Type.String()),
      points: Type.Array(Type.Tuple([Type.Number(), Type.Number()])),
    }),
  ),
  truncated: Type.Boolean(),
});
export type SeriesAnswer = Static<typeof SeriesAnswer>;
const seriesAnswer = Compile(SeriesAnswer);

export interface CampusOptions {
  devices: number;
  /** Text of campus-edge.yaml. */
  config?: string;
  /** The agent too; the gateway and the flows run always. */
  withAgent?: boolean;
  /** Where every process and thread leaves a CPU profile when it ends; they run slower with it. */
  profileDir?: string | undefined;
  /** Told how many accounts are made. */
  onAccounts?: (made: number) => void;
}

/** The real product in an empty home, each process as `campus-edge up` starts it. */
export class Campus implements Stack {
  readonly name = 'campus-edge';
  /** The spool waits 10 s at most between two attempts to write. */
  readonly quietMs = 15_000;
  readonly parts: readonly ProcessName[];
  readonly accounts: readonly Account[];
  readonly mqttPort: number;
  readonly httpPort: number;
  readonly #ports: GatewayPorts;
  readonly home: Home;
  readonly #token: string;
  readonly #profileDir: string | undefined;
  readonly #servers = new Map<ProcessName, Server>();

  private constructor(home: Home, ports: GatewayPorts, access: Access, options: CampusOptions) {
    this.home = home;
    this.mqttPort = ports.mqtt;
    this.httpPort = ports.http;
    this.#ports = ports;
    this.accounts = access.accounts;
    this.#token = access.token;
    this.#profileDir = options.profileDir;
    this.parts = options.withAgent ? ['gateway', 'flows', 'agent'] : ['gateway', 'flows'];
  }

  /** Prepares a home with accounts and starts nothing yet. */
  static async prepare(cleanup: Cleanup, options: CampusOptions): Promise<Campus> {
    const dir = temporaryDir('bench', cleanup);
    const home = openHome(dir);
    if (options.config !== undefined) writeFileSync(home.configFile, options.config);
    const { devices, onAccounts: onProgress } = options;
    const access = await makeAccess(home, { devices, ...(onProgress === undefined ? {} : { onProgress }) });
    const campus = new Campus(home, await freeGatewayPorts(), access, options);
    cleanup.defer(() => campus.end());
    return campus;
  }

  static async start(cleanup: Cleanup, options: CampusOptions): Promise<Campus> {
    const campus = await Campus.prepare(cleanup, options);
    await campus.run();
    return campus;
  }

  /** Starts the processes one after another, as `up` does, and waits until each is ready. Also again, after `end`. */
  async run(): Promise<void> {
    for (const part of this.parts) await this.#start(part);
  }

  pid(part: string): number {
    const server = [...this.#servers].find(([name]) => name === part)?.[1];
    if (server?.child.pid === undefined) throw new Error(`${part} does not run`);
    return server.child.pid;
  }

  async counts(): Promise<number[]> {
    const answers = await Promise.all(
      metricNames.map((name) => this.series(`measurement=${name}&field=seq&${countEverything()}`)),
    );
    return answers.map(({ series }) => sumOf(series.flatMap(({ points }) => points)));
  }

  /** Points of one metric that can be queried, by device. */
  async countsByDevice(): Promise<Map<string, number>> {
    const { series } = await this.series(
      `measurement=${metricNames[0]}&field=seq&${countEverything()}&group_by=device`,
    );
    return new Map(series.map(({ tags, points }) => [tags['device'] ?? '', sumOf(points)]));
  }

  async sequences(device: string): Promise<number[]> {
    const found: number[] = [];
    const to = Date.now() + DAY_MS;
    let from = to - 91 * DAY_MS;
    while (true) {
      const query = `measurement=${metricNames[0]}&field=seq&device=${device}&from=${from}&to=${to}`;
      const points = (await this.series(query)).series.flatMap((series) => series.points);
      const last = points.at(-1);
      // Points of the page's last moment may continue on the next page: they are taken from there.
      const isLast = points.length < PAGE_POINTS || last === undefined;
      for (const [time, sequence] of points) if (isLast || time !== last[0]) found.push(sequence);
      if (isLast) return found;
      from = last[0];
    }
  }

  /** Whether /readyz answers 200; false while nobody listens. */
  async isReady(): Promise<boolean> {
    try {
      return (await fetch(`http://127.0.0.1:${this.httpPort}/readyz`)).status === 200;
    } catch {
      return false;
    }
  }

  /** `/api/v1/series` with a query string. */
  async series(query: string): Promise<SeriesAnswer> {
    return parseSeries(await (await this.get(`series?${query}`)).json());
  }

  /** GET below `/api/v1/` as a program with a token. @throws Error with the problem's text */
  async get(path: string): Promise<Response> {
    const headers = { authorization: `Bearer ${this.#token}` };
    const response = await fetch(`http://127.0.0.1:${this.httpPort}/api/v1/${path}`, { headers });
    if (!response.ok) throw new Error(`GET ${path}: ${response.status} ${await response.text()}`);
    return response;
  }

  /** Environment that puts the product on this home's ports. */
  get env(): NodeJS.ProcessEnv {
    return {
      ...process.env,
      ...portsInEnv(this.#ports),
      ...(this.#profileDir === undefined
        ? {}
        : { NODE_OPTIONS: `--cpu-prof --cpu-prof-dir=${this.#profileDir} ${process.env['NODE_OPTIONS'] ?? ''}` }),
    };
  }

  /** Stops, and brings the roll-ups up to date as the running gateway does every 30 s: what is measured then is no matter of luck. */
  async rollUp(): Promise<void> {
    await this.end();
    const store = await DuckDbStore.open(join(this.home.gatewayDir, 'store.duckdb'));
    await store.maintain(Date.now());
    await store.close();
  }

  /** Ends the processes in the order of `up`: the gateway last. The home stays. */
  async end(): Promise<void> {
    for (const part of this.parts.toReversed()) {
      const server = this.#servers.get(part);
      this.#servers.delete(part);
      if (server !== undefined) await endProcess(server.child);
    }
  }

  async #start(part: ProcessName): Promise<void> {
    const server = withTail(spawnProcess(part, { home: this.home.dir, lang: 'en', env: this.env, pipeLog: true }));
    this.#servers.set(part, server);
    await ready(part, server);
  }
}

/** The part of a query that counts all points that the gateway could have taken in. */
function countEverything(): string {
  const now = Date.now();
  return `from=${now - 90 * DAY_MS}&to=${now + DAY_MS}&step=1d&aggregate=count`;
}

function sumOf(points: readonly [number, number][]): number {
  return points.reduce((sum, [, count]) => sum + count, 0);
}

function ready(part: ProcessName, { child, tail }: Server): Promise<void> {
  return new Promise((resolve, reject) => {
    child.on('message', (message) => {
      if (parseReady(message) !== undefined) resolve();
    });
    child.on('exit', (code, signal) =>
      reject(new Error(`${part} ended before it was ready (${signal ?? `exit code ${code}`})\n${tail()}`)),
    );
  });
}

/** @throws Error when the answer has another shape */
export function parseSeries(answer: unknown): SeriesAnswer {
  if (!seriesAnswer.Check(answer)) throw new Error(`unexpected series: ${JSON.stringify(answer).slice(0, 200)}`);
  return answer;
}
