import { HttpError, InfluxDB, Point as LinePoint, type WriteApi } from '@influxdata/influxdb-client';
import { CampusError, type ErrorCode } from '../../contract/errors.ts';
import { reasonOf, SERVER_TIMEOUT_MS } from './server.ts';
import type { Point } from './store.ts';

/** What a server answers to points that it will never take: 400 in InfluxDB 1.x and 3, 422 in 2.x. */
const refusedForGood: readonly number[] = [400, 422];
/** What a server answers to a request of more bytes than it takes. */
const TOO_LARGE = 413;
/** What a server answers when it does not know the writer, or the database. */
const misconfigured: readonly number[] = [401, 403, 404];
/** What a server, or a proxy before it, answers while it is too slow or too busy (RFC 9110 §15, RFC 6585 §4). */
const busy: readonly number[] = [408, 429];
/** From here on it says that it is at fault itself, as InfluxDB does of a full disk and a full cache. */
const FAILED_FROM = 500;

export interface LineWriterOptions {
  /** What the server is called in errors, e.g. `InfluxDB at http://127.0.0.1:8086`. */
  name: string;
  /** http(s)://host:port, and a path where the API does not lie at the root. */
  url: string;
  /** Path and query of the write request; the client's own for InfluxDB 2.x, whose organisation and bucket are in `bucket`. */
  path?: string;
  bucket?: { org: string; bucket: string };
  headers: Record<string, string>;
  /** How a tag's value is written where it holds a backslash: the servers differ in what they make of one. */
  escapeBackslashes: (value: string) => string;
}

/** The one door to line protocol: @influxdata/influxdb-client writes to InfluxDB 1.x, 2.x, 3 and to VictoriaMetrics. */
export class LineWriter {
  readonly #options: LineWriterOptions;
  readonly #client: InfluxDB;

  constructor(options: LineWriterOptions) {
    this.#options = options;
    this.#client = new InfluxDB({ url: options.url, timeout: SERVER_TIMEOUT_MS, headers: options.headers });
  }

  /**
   * Writes points as one bounded batch and no retry: the spool owns retrying, the client's own buffer would forget.
   * @returns how many points the server refused for good (e.g. a field of another type); it has taken the rest
   * @throws CampusError `store_unavailable` when the server is away, `store_failed` when it answers that it failed, `store_misconfigured` when
   * it does not know the writer or the database, `store_refused` when it takes nothing of this batch; writing the batch again is safe
   */
  async write(points: readonly Point[]): Promise<number> {
    const unexplained: HttpError[] = [];
    const refused = await this.#write(points, unexplained);
    const [first] = unexplained;
    // Who refuses everything and does not say what of it may be no database at all: a proxy, or a server that speaks TLS only.
    if (first !== undefined && unexplained.length === points.length) throw this.#failure('store_refused', first);
    return refused;
  }

  /** @param unexplained takes the answers to single points that were refused without a word about how many */
  async #write(points: readonly Point[], unexplained: HttpError[]): Promise<number> {
    if (points.length === 0) return 0;
    const error = await this.#send(points);
    if (error === undefined) return 0;
    if (error instanceof HttpError && refusedForGood.includes(error.statusCode)) {
      const dropped = droppedOf(error);
      if (dropped !== undefined) return dropped;
      if (points.length > 1) return this.#halves(points, unexplained);
      unexplained.push(error);
      return 1;
    }
    if (error instanceof HttpError && error.statusCode === TOO_LARGE && points.length > 1) {
      return this.#halves(points, unexplained);
    }
    if (error instanceof HttpError && !busy.includes(error.statusCode)) throw this.#failure(codeOf(error), error);
    throw new CampusError(
      'store_unavailable',
      `${this.#options.name} does not answer as expected: ${error instanceof HttpError ? `${error.statusCode}, ${serverText(error)}` : reasonOf(error)}`,
      { cause: error },
    );
  }

  /** A refusal that does not tell how many points it means may mean all of them because of one: then the halves are tried. */
  async #halves(points: readonly Point[], unexplained: HttpError[]): Promise<number> {
    const middle = Math.ceil(points.length / 2);
    const first = await this.#write(points.slice(0, middle), unexplained);
    return first + (await this.#write(points.slice(middle), unexplained));
  }

  #failure(code: ErrorCode, error: HttpError): CampusError {
    const text = `${this.#options.name} answers ${error.statusCode} to a write: ${serverText(error)}`;
    return new CampusError(code, text, { cause: error });
  }

  async #send(points: readonly Point[]): Promise<Error | undefined> {
    const { path, bucket } = this.#options;
    let failure: Error | undefined;
    const api = this.#client.getWriteApi(bucket?.org ?? '', bucket?.bucket ?? '', 'ms', {
      batchSize: points.length + 1,
      flushInterval: 0,
      maxRetries: 0,
      // A promise keeps the client from logging and retrying by itself.
      writeFailed: (error) => {
        failure = error;
        return Promise.resolve();
      },
    });
    if (path !== undefined) setPath(api, path);
    api.writePoints(points.map((point) => this.#line(point)));
    await api.flush();
    await api.close();
    return failure;
  }

  #line(point: Point): LinePoint {
    const line = new LinePoint(point.measurement).timestamp(point.time);
    for (const [key, value] of Object.entries(point.tags)) line.tag(key, this.#options.escapeBackslashes(value));
    line.tag('site', point.site).tag('device', point.device);
    for (const [key, value] of Object.entries(point.fields)) {
      if (typeof value === 'number') line.floatField(key, value);
      else if (typeof value === 'boolean') line.booleanField(key, value);
      else line.stringField(key, value);
    }
    return line;
  }
}

/** The client's WriteApi posts wherever its `path` says; its own is that of InfluxDB 2.x. */
function setPath(api: WriteApi, path: string): void {
  Object.assign(api, { path });
}

/**
 * How many points of a refused batch were left out, where the server tells: `partial write: … dropped=3` (1.x, 2.x), or one entry of
 * `{"error":"partial write …","data":[{"line_number":2,"error_message":"…"}]}` for each (3).
 */
function droppedOf(error: HttpError): number | undefined {
  const dropped = /dropped=(\d+)/.exec(error.body ?? error.message)?.[1];
  if (dropped !== undefined) return Number(dropped);
  const answer: unknown = error.json;
  if (typeof answer !== 'object' || answer === null || !('data' in answer) || !Array.isArray(answer.data)) {
    return undefined;
  }
  return error.message.includes('partial write') || (error.body ?? '').includes('partial write')
    ? answer.data.length
    : undefined;
}

function codeOf({ statusCode }: HttpError): ErrorCode {
  if (statusCode >= FAILED_FROM) return 'store_failed';
  return misconfigured.includes(statusCode) ? 'store_misconfigured' : 'store_refused';
}

function serverText(error: HttpError): string {
  return (error.body ?? error.message).trim().slice(0, 200);
}
