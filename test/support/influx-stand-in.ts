import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Influxd } from './influxd.ts';
import { listenOnFreePort } from './listen.ts';

export interface StandInRequest {
  method: string;
  path: string;
  query: Record<string, string>;
  authorization: string | undefined;
}

export interface StandInOptions {
  version: 2 | 3;
  /** The only token it knows. */
  token: string;
  /** The only organisation (2.x). */
  org?: string;
  /** The bucket or database. A bucket must be there; a database of 3 is made by the first write. */
  database: string;
  /** How long the bucket keeps points, seconds; 0 for ever. */
  retentionSeconds?: number;
  /** False for a bucket that InfluxQL does not know. */
  isMapped?: boolean;
}

interface Answer {
  status: number;
  body?: string;
}

/**
 * Stands in for InfluxDB 2.x and 3, of which Debian has no server: it takes their requests as their documents describe them, refuses what
 * they would refuse, and lets a real InfluxDB 1.x do the work behind.
 */
export class InfluxStandIn {
  readonly requests: StandInRequest[] = [];
  readonly #influxd: Influxd;
  readonly #options: StandInOptions;
  readonly #server: Server;
  /** The database in the InfluxDB behind. */
  readonly #behind: string;
  #port = 0;
  #isWritten = false;

  private constructor(influxd: Influxd, options: StandInOptions) {
    this.#influxd = influxd;
    this.#options = options;
    this.#behind = `behind_${Math.random().toString(36).slice(2)}`;
    this.#server = createServer((request, response) => void this.#handle(request, response));
  }

  static async start(influxd: Influxd, options: StandInOptions): Promise<InfluxStandIn> {
    const standIn = new InfluxStandIn(influxd, options);
    standIn.#port = await listenOnFreePort(standIn.#server);
    await standIn.#forward('/query', { q: `CREATE DATABASE "${standIn.#behind}"` });
    return standIn;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
    await this.#forward('/query', { q: `DROP DATABASE "${this.#behind}"` });
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', this.url);
    const query = Object.fromEntries(url.searchParams);
    const { authorization } = request.headers;
    this.requests.push({ method: request.method ?? '', path: url.pathname, query, authorization });
    const chunks: Uint8Array[] = [];
    for await (const chunk of request) chunks.push(chunk as Uint8Array);
    const body = Buffer.concat(chunks);
    const { version, token } = this.#options;
    const answer =
      authorization === `${version === 2 ? 'Token' : 'Bearer'} ${token}`
        ? await this.#answer(`${request.method} ${url.pathname}`, query, body, request.headers['content-encoding'])
        : { status: 401, body: '{"code":"unauthorized","message":"unauthorized access"}' };
    response.writeHead(answer.status, { 'content-type': 'application/json' }).end(answer.body);
  }

  #answer(route: string, query: Record<string, string>, body: Buffer, encoding?: string): Promise<Answer> | Answer {
    const { version, org, database } = this.#options;
    if (version === 2) {
      if (route === 'GET /api/v2/buckets') return this.#buckets(query);
      if (route === 'POST /api/v2/write' && query['precision'] === 'ms') {
        const isKnown = query['org'] === org && query['bucket'] === database;
        return isKnown ? this.#write(body, encoding) : notFound(`bucket "${query['bucket']}" not found`);
      }
      const [db = '', rp] = database.split('/');
      const scope = rp === undefined ? query['rp'] === undefined : query['rp'] === rp;
      if (route === 'POST /query') return this.#query(query, body, scope && query['db'] === db);
    } else {
      if (route === 'GET /api/v3/configure/database') return { status: 200, body: '[{"iox::database":"_internal"}]' };
      if (route === 'POST /api/v3/write_lp' && query['precision'] === 'millisecond' && query['db'] === database) {
        return this.#write(body, encoding);
      }
      if (route === 'POST /query') return this.#query(query, body, query['db'] === database && this.#isWritten);
    }
    return notFound('path not found');
  }

  #buckets({ org, name }: Record<string, string>): Answer {
    if (org !== this.#options.org) return notFound(`organization name "${org}" not found`);
    const { database, retentionSeconds: everySeconds = 0 } = this.#options;
    const rules = everySeconds === 0 ? [] : [{ type: 'expire', everySeconds }];
    const buckets = name === database ? [{ id: '0123456789abcdef', name, retentionRules: rules }] : [];
    return { status: 200, body: JSON.stringify({ buckets }) };
  }

  /** 2.x answers 422 to points of another type, 3 answers 400 and one entry for each refused line. */
  async #write(body: Buffer, encoding: string | undefined): Promise<Answer> {
    this.#isWritten = true;
    const url = new URL(`/write?db=${this.#behind}&precision=ms`, this.#influxd.url);
    const headers = encoding === undefined ? {} : { 'content-encoding': encoding };
    const response = await fetch(url, { method: 'POST', headers, body: new Uint8Array(body) });
    if (response.status === 204) return { status: 204 };
    const { error } = (await response.json()) as { error: string };
    if (this.#options.version === 2) {
      const message = `failure writing points to database: ${error}`;
      return { status: 422, body: JSON.stringify({ code: 'unprocessable entity', message }) };
    }
    const dropped = Number(/dropped=(\d+)/.exec(error)?.[1] ?? 0);
    const data = Array.from({ length: dropped }, () => ({ line_number: 1, error_message: error }));
    return {
      status: 400,
      body: JSON.stringify(dropped > 0 ? { error: 'partial write of line protocol occurred', data } : { error }),
    };
  }

  async #query(query: Record<string, string>, body: Buffer, isThere: boolean): Promise<Answer> {
    const { version, isMapped = true } = this.#options;
    const statement = new URLSearchParams(body.toString()).get('q') ?? '';
    if (version === 3 && /^\s*(DELETE|DROP|CREATE)/i.test(statement)) {
      return { status: 400, body: '{"error":"not supported"}' };
    }
    if (!isThere && version === 3)
      return { status: 404, body: `{"error":"query error: Database '${query['db']}' not found"}` };
    if (!isThere || !isMapped) {
      return { status: 200, body: `{"results":[{"statement_id":0,"error":"database not found: ${query['db']}"}]}` };
    }
    return this.#forward('/query', { db: this.#behind, epoch: query['epoch'] ?? 'ns', q: statement });
  }

  async #forward(path: string, form: Record<string, string>): Promise<Answer> {
    const response = await fetch(`${this.#influxd.url}${path}`, { method: 'POST', body: new URLSearchParams(form) });
    return { status: response.status, body: await response.text() };
  }
}

function notFound(message: string): Answer {
  return { status: 404, body: JSON.stringify({ code: 'not found', message }) };
}
