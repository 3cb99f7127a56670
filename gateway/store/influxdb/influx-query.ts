import { type Static, Type } from '#typebox';
import { Compile } from '#typebox/compile';
import { CampusError } from '../../../contract/errors.ts';
import { SERVER_TIMEOUT_MS, type Server } from '../server.ts';

/** The `/query` answer with `epoch=ms` (https://docs.influxdata.com/influxdb/v1/tools/api/#query-http-endpoint). */
const QuerySeries = Type.Object({
  name: Type.Optional(Type.String()),
  tags: Type.Optional(Type.Record(Type.String(), Type.String())),
  columns: Type.Array(Type.String()),
  /** Absent where there are none. */
  values: Type.Optional(Type.Array(Type.Array(Type.Unknown()))),
});
const QueryAnswer = Type.Object({
  results: Type.Array(
    Type.Object({ series: Type.Optional(Type.Array(QuerySeries)), error: Type.Optional(Type.String()) }),
  ),
});
export type QuerySeries = Static<typeof QuerySeries> & { values: unknown[][] };
const queryAnswer = Compile(QueryAnswer);

/** What the three generations answer for a database, or the mapping of a bucket to one, that is not there. */
const notFound = /database not found|database '.*' not found|retention policy not found|unable to find dbrp/i;

export interface QueryScope {
  /** `db` and, where it is needed, `rp`. */
  parameters: Record<string, string>;
  /** True where the first write makes the database: until then it is empty. */
  missingIsEmpty: boolean;
}

/** InfluxQL over the 1.x `/query` endpoint, which 2.x and 3 have as well. */
export class InfluxQuery {
  readonly #server: Server;
  readonly #scope: QueryScope;

  constructor(server: Server, scope: QueryScope) {
    this.#server = server;
    this.#scope = scope;
  }

  /**
   * Runs one statement; changes (`CREATE DATABASE`) need POST, which serves queries as well.
   * @throws CampusError `store_misconfigured` for a database that is not there, `store_unavailable` for every other failure
   */
  async run(statement: string, timeoutMs = SERVER_TIMEOUT_MS): Promise<QuerySeries[]> {
    const query = { ...this.#scope.parameters, epoch: 'ms' };
    const { status, body } = await this.#server.text({ path: '/query', query, form: { q: statement }, timeoutMs });
    const json = parseJson(body);
    const results = queryAnswer.Check(json) ? json.results : undefined;
    const failed =
      results === undefined ? errorOf(json, body) : results.find(({ error }) => error !== undefined)?.error;
    if (failed === undefined) {
      const answered = results?.flatMap(({ series }) => series ?? []) ?? [];
      return answered.map((one) => ({ ...one, values: one.values ?? [] }));
    }
    if (!notFound.test(failed)) throw this.#server.unexpected(`status ${status}, ${failed.slice(0, 200)}`);
    if (this.#scope.missingIsEmpty) return [];
    throw new CampusError('store_misconfigured', `${this.#server.name}: ${failed.slice(0, 200)}`);
  }
}

/** What goes wrong before a statement runs comes as `{"error":"…"}`, in 2.x as `{"code":"…","message":"…"}`, from proxies as text. */
function errorOf(json: unknown, body: string): string {
  if (typeof json === 'object' && json !== null) {
    if ('error' in json && typeof json.error === 'string') return json.error;
    if ('message' in json && typeof json.message === 'string') return json.message;
  }
  return body.trim() || 'nothing';
}

/** Undefined for what is no JSON. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
