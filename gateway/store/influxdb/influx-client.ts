import { HttpError, InfluxDB, Point as InfluxPoint, type WriteApi } from '@influxdata/influxdb-client';
import { type Static, Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { CampusError } from '../../../contract/errors.ts';
import type { Point } from '../store.ts';

/** One request may take this long, less than a shutdown may; a server that needs more is treated as absent and asked again. */
const TIMEOUT_MS = 8_000;

/** What a server answers to points that it will never take: 400 in InfluxDB 1.x, 422 in 2.x. */
const refusedForGood = [400, 422];

export interface InfluxTarget {
  /** http(s)://host:port, without credentials. */
  url: string;
  database: string;
  username?: string;
  password?: string;
}

/** The `/query` answer with `epoch=ms` (https://docs.influxdata.com/influxdb/v1/tools/api/#query-http-endpoint). */
const QuerySeries = Type.Object({
  name: Type.Optional(Type.String()),
  tags: Type.Optional(Type.Record(Type.String(), Type.String())),
  columns: Type.Array(Type.String()),
  values: Type.Array(Type.Array(Type.Unknown())),
});
const QueryAnswer = Type.Object({
  results: Type.Array(
    Type.Object({ series: Type.Optional(Type.Array(QuerySeries)), error: Type.Optional(Type.String()) }),
  ),
});
export type QuerySeries = Static<typeof QuerySeries>;
const queryAnswer = Compile(QueryAnswer);

/** The one door to InfluxDB: writes through @influxdata/influxdb-client, reads through the 1.x `/query` endpoint. */
export class InfluxClient {
  readonly #target: InfluxTarget;
  readonly #headers: Record<string, string>;
  readonly #influx: InfluxDB;

  constructor(target: InfluxTarget) {
    this.#target = target;
    this.#headers =
      target.username === undefined
        ? {}
        : { authorization: `Basic ${Buffer.from(`${target.username}:${target.password ?? ''}`).toString('base64')}` };
    this.#influx = new InfluxDB({ url: target.url, timeout: TIMEOUT_MS, headers: this.#headers });
  }

  /**
   * Writes points as one bounded batch and no retry: the spool owns retrying, the client's own buffer would forget.
   * @returns how many points the server refused for good (e.g. a field of another type); it has taken the rest
   * @throws CampusError `store_unavailable` when the server did not take the batch; writing it again is safe
   */
  async write(points: readonly Point[]): Promise<number> {
    let refused = 0;
    const failure: { error?: Error } = {};
    const api = this.#influx.getWriteApi('', '', 'ms', {
      batchSize: points.length + 1,
      flushInterval: 0,
      maxRetries: 0,
      writeFailed: (error, lines) => {
        if (error instanceof HttpError && refusedForGood.includes(error.statusCode))
          refused += droppedOf(error, lines.length);
        else failure.error = error;
        return Promise.resolve();
      },
    });
    setV1Path(api, this.#target.database);
    api.writePoints(points.map(influxPoint));
    await api.flush();
    await api.close();
    if (failure.error !== undefined) throw unavailable(this.#target.url, failure.error);
    return refused;
  }

  /** Runs one InfluxQL statement; changes (`CREATE DATABASE`) need POST, which serves queries as well. */
  async query(statement: string): Promise<QuerySeries[]> {
    const url = new URL('/query', this.#target.url);
    url.searchParams.set('db', this.#target.database);
    url.searchParams.set('epoch', 'ms');
    const body = new URLSearchParams({ q: statement });
    let json: unknown;
    try {
      const signal = AbortSignal.timeout(TIMEOUT_MS);
      const response = await fetch(url, { method: 'POST', headers: this.#headers, body, signal });
      json = await response.json();
    } catch (error) {
      throw unavailable(this.#target.url, error as Error);
    }
    if (!queryAnswer.Check(json)) throw unavailable(this.#target.url, new Error(JSON.stringify(json).slice(0, 200)));
    const failed = json.results.find(({ error }) => error !== undefined);
    if (failed !== undefined) throw unavailable(this.#target.url, new Error(failed.error));
    return json.results.flatMap(({ series }) => series ?? []);
  }
}

/** InfluxDB 1.x takes line protocol at /write; the client's WriteApi posts wherever its `path` says. */
function setV1Path(api: WriteApi, database: string): void {
  Object.assign(api, { path: `/write?db=${encodeURIComponent(database)}&precision=ms` });
}

function influxPoint(point: Point): InfluxPoint {
  const influx = new InfluxPoint(point.measurement).timestamp(point.time);
  for (const [key, value] of Object.entries(point.tags)) influx.tag(key, value);
  influx.tag('site', point.site).tag('device', point.device);
  for (const [key, value] of Object.entries(point.fields)) {
    if (typeof value === 'number') influx.floatField(key, value);
    else if (typeof value === 'boolean') influx.booleanField(key, value);
    else influx.stringField(key, value);
  }
  return influx;
}

/** `partial write: … dropped=3` tells how many points of a refused batch were left out; else all of them were. */
function droppedOf(error: HttpError, lines: number): number {
  const dropped = /dropped=(\d+)/.exec(error.body ?? error.message)?.[1];
  return dropped === undefined ? lines : Number(dropped);
}

function unavailable(url: string, cause: Error): CampusError {
  const reason = cause.cause instanceof Error ? cause.cause.message : cause.message;
  return new CampusError('store_unavailable', `InfluxDB at ${url} does not answer as expected: ${reason}`, { cause });
}
