import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Static, Type } from '#typebox';
import { Compile } from '#typebox/compile';
import { freePort } from '../../support/free-port.ts';
import { until } from '../../support/until.ts';
import type { Cleanup } from '../cleanup.ts';
import { metricNames } from '../load/machine-metrics.ts';
import { endProcess, type Server, startServer } from '../processes.ts';
import { diskBytes } from '../temporary-dir.ts';

const DATABASE = 'campus';

/** What InfluxDB 1.x answers to `/query`. */
const Answer = Type.Object({
  results: Type.Array(
    Type.Object({
      error: Type.Optional(Type.String()),
      series: Type.Optional(
        Type.Array(
          Type.Object({
            name: Type.String(),
            tags: Type.Optional(Type.Record(Type.String(), Type.String())),
            columns: Type.Array(Type.String()),
            values: Type.Array(Type.Array(Type.Union([Type.Number(), Type.String(), Type.Boolean(), Type.Null()]))),
          }),
        ),
      ),
    }),
  ),
});
export type InfluxSeries = NonNullable<Static<typeof Answer>['results'][number]['series']>[number];

const validator = Compile(Answer);

/** Files that have not changed for so long are as they will stay: influxd looks for work every second. */
const COMPACTED_MS = 12_000;

/**
 * Lines for `InfluxDb.start` that have its cache written and its files compacted in full within seconds, which it does by itself when a
 * shard has been left alone for 10 minutes and 4 hours.
 */
export const COMPACT_SOON = `cache-snapshot-write-cold-duration = "1s"
  compact-full-write-cold-duration = "1s"`;

/** Debian's InfluxDB 1.6 on a free loopback port, with its data in `dir`. */
export class InfluxDb {
  readonly port: number;
  /** Where the data and the write-ahead log of the measured database lie: influxd keeps another one about itself. */
  readonly dataDirs: readonly string[];
  readonly #server: Server;

  private constructor(server: Server, port: number, dir: string) {
    this.#server = server;
    this.port = port;
    this.dataDirs = [join(dir, 'data', DATABASE), join(dir, 'wal', DATABASE)];
  }

  /** @param dataSettings further lines of the section `[data]` of its configuration */
  static async start(dir: string, cleanup: Cleanup, dataSettings = ''): Promise<InfluxDb> {
    const [http, rpc] = [await freePort(), await freePort()];
    mkdirSync(dir, { recursive: true });
    const config = join(dir, 'influxdb.conf');
    writeFileSync(
      config,
      `reporting-disabled = true
bind-address = "127.0.0.1:${rpc}"
[meta]
  dir = "${dir}/meta"
[data]
  dir = "${dir}/data"
  wal-dir = "${dir}/wal"
  ${dataSettings}
[http]
  bind-address = "127.0.0.1:${http}"
`,
    );
    const server = startServer('influxd', ['-config', config], { cwd: dir });
    cleanup.defer(() => endProcess(server.child));
    const influx = new InfluxDb(server, http, dir);
    await until('influxd answers', () => influx.#ping(), { timeoutMs: 40_000 }).catch((error: Error) => {
      throw new Error(`${error.message}\n${server.tail()}`);
    });
    await influx.query(`CREATE DATABASE ${DATABASE}`);
    return influx;
  }

  get pid(): number {
    return this.#server.child.pid ?? 0;
  }

  /** Runs InfluxQL; times come in ms. @throws Error with the server's text */
  async query(influxQl: string): Promise<InfluxSeries[]> {
    return parseInfluxAnswer(await (await this.fetchQuery(influxQl)).json());
  }

  /** The answer as it comes over HTTP. */
  async fetchQuery(influxQl: string): Promise<Response> {
    const response = await fetch(`http://127.0.0.1:${this.port}/query?db=${DATABASE}&epoch=ms`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: `q=${encodeURIComponent(influxQl)}`,
    });
    if (!response.ok) throw new Error(`influxd: ${response.status} ${await response.text()}`);
    return response;
  }

  /** Writes points in line protocol, times in ms. */
  async write(lines: string): Promise<void> {
    const url = `http://127.0.0.1:${this.port}/write?db=${DATABASE}&precision=ms`;
    const response = await fetch(url, { method: 'POST', body: lines });
    if (!response.ok) throw new Error(`influxd: ${response.status} ${await response.text()}`);
  }

  /** Points of each metric, as `Stack.counts` has them. */
  async counts(): Promise<number[]> {
    const series = await this.query(`SELECT count(seq) FROM ${metricNames.join(', ')}`);
    return metricNames.flatMap((metric) => {
      const count = series.find(({ name }) => name === metric)?.values[0]?.[1];
      return typeof count === 'number' ? [count] : [];
    });
  }

  async sequences(device: string): Promise<number[]> {
    const [series] = await this.query(`SELECT seq FROM ${metricNames[0]} WHERE device = '${device}'`);
    return series?.values.map(([, sequence]) => Number(sequence)) ?? [];
  }

  /** Waits until its files have stopped changing. It needs `COMPACT_SOON`. */
  async compacted(): Promise<void> {
    let last = '';
    let since = performance.now();
    await until(
      'influxd has compacted its files',
      () => {
        const now = this.dataDirs.map((dir) => diskBytes([dir])).join();
        if (now !== last) since = performance.now();
        last = now;
        return performance.now() - since > COMPACTED_MS;
      },
      { timeoutMs: 300_000, everyMs: 500 },
    );
  }

  stop(): Promise<void> {
    return endProcess(this.#server.child);
  }

  async #ping(): Promise<boolean> {
    try {
      return (await fetch(`http://127.0.0.1:${this.port}/ping`)).status === 204;
    } catch {
      return false;
    }
  }
}

/** The series of an answer. @throws Error for another shape, and with the server's text for an error */
export function parseInfluxAnswer(answer: unknown): InfluxSeries[] {
  if (!validator.Check(answer)) throw new Error(`influxd answered ${JSON.stringify(answer).slice(0, 200)}`);
  const error = answer.results.find((result) => result.error !== undefined)?.error;
  if (error !== undefined) throw new Error(`influxd: ${error}`);
  return answer.results.flatMap(({ series = [] }) => series);
}
