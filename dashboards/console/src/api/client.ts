import type { Static, TSchema } from '#typebox';
import { Check } from '#typebox/value';
import { ApiProblem, parseProblem } from './problem.ts';

export interface RequestOptions {
  method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Search parameters; those that are undefined are left out. */
  query?: Record<string, string | number | undefined>;
  body?: unknown;
  signal?: AbortSignal;
}

/** Requests take at most this long: the gateway answers in ms, a dead Wi-Fi never does. */
const TIMEOUT_MS = 15_000;

/** The only place that talks HTTP. `fetch` is passed in so that it can be exercised without a browser. */
export class ApiClient {
  readonly #fetch: typeof fetch;
  readonly #base: string;
  /** Called when the session has ended, so that the console can ask for a new one. */
  onUnauthenticated: () => void = () => {};
  /** Called with every answer, before its body is read. */
  onAnswer: (response: Response) => void = () => {};

  constructor(fetchFunction: typeof fetch, base = '/api/v1') {
    this.#fetch = fetchFunction;
    this.#base = base;
  }

  /**
   * Sends a request and checks the answer against its schema.
   * @throws ApiProblem with the gateway's code, `unreachable` when no answer came, `answer_unexpected` when it has another shape
   */
  async request<S extends TSchema>(schema: S, path: string, options: RequestOptions = {}): Promise<Static<S>> {
    const response = await this.open(path, options, TIMEOUT_MS);
    const value: unknown = await response.json().catch((error: unknown) => {
      throw new ApiProblem('answer_unexpected', response.status, `${path}: the answer is not JSON`, { cause: error });
    });
    if (Check(schema, value)) return value;
    throw new ApiProblem('answer_unexpected', response.status, `${path}: the answer does not have the expected shape`);
  }

  /** Sends a request whose answer has no body of interest. */
  async send(path: string, options: RequestOptions): Promise<void> {
    await this.open(path, options, TIMEOUT_MS);
  }

  /**
   * Sends a request and returns the successful answer with its body unread.
   * @param timeoutMs undefined for a stream, which lasts
   */
  async open(path: string, options: RequestOptions = {}, timeoutMs?: number): Promise<Response> {
    let response: Response;
    try {
      response = await this.#fetch(`${this.#base}${path}${queryText(options.query)}`, requestInit(options, timeoutMs));
    } catch (error) {
      if (options.signal?.aborted) throw error;
      throw new ApiProblem('unreachable', 0, String(error), { cause: error });
    }
    this.onAnswer(response);
    if (response.ok) return response;
    const problem = parseProblem(response.status, await response.text().catch(() => ''));
    if (problem.code === 'not_authenticated') this.onUnauthenticated();
    throw problem;
  }
}

function requestInit({ method = 'GET', body, signal }: RequestOptions, timeoutMs?: number): RequestInit {
  const signals = [signal, timeoutMs === undefined ? undefined : AbortSignal.timeout(timeoutMs)];
  return {
    method,
    credentials: 'same-origin',
    cache: 'no-store',
    signal: AbortSignal.any(signals.filter((entry) => entry !== undefined)),
    ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
  };
}

/** `?a=1&b=x`, or nothing when no parameter is set. */
export function queryText(query: Record<string, string | number | undefined> = {}): string {
  const set = Object.entries(query).flatMap(([key, value]): [string, string][] =>
    value === undefined ? [] : [[key, String(value)]],
  );
  return set.length === 0 ? '' : `?${new URLSearchParams(set)}`;
}
