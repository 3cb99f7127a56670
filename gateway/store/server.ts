import { CampusError } from '../../contract/errors.ts';

/** One request may take this long, less than a shutdown may; a server that needs more is treated as absent and asked again. */
export const SERVER_TIMEOUT_MS = 8_000;

/** A page of history may take a server longer: whoever reads it is no part of the gateway's shutdown. */
export const HISTORY_TIMEOUT_MS = 60_000;

/** Bytes of one answer: 50,000 points of a series take 3 MB, and more than this would not fit a small box's memory. */
const ANSWER_BYTES_MAX = 64 * 1024 * 1024;

export interface ServerRequest {
  /** Path below the server's address. */
  path: string;
  /** Parameters in the URL. */
  query?: Record<string, string>;
  /** Parameters in the body; makes the request a POST. */
  form?: Record<string, string>;
  timeoutMs?: number;
  /** True for a page that the server may well keep to itself: a refusal is an answer, too. */
  anyStatus?: boolean;
}

/** A database server that is read over HTTP: time-outs, bounds and errors in one place. Writing is `LineWriter`'s. */
export class Server {
  /** What the server is called in errors, e.g. `InfluxDB at http://127.0.0.1:8086`. */
  readonly name: string;
  readonly #url: string;
  readonly #headers: Record<string, string>;

  /** @param url http(s)://host:port and a path where the API does not lie at the root, without a slash at its end */
  constructor({ name, url, headers }: { name: string; url: string; headers: Record<string, string> }) {
    this.name = `${name} at ${url}`;
    this.#url = url;
    this.#headers = headers;
  }

  /**
   * The whole answer as text.
   * @throws CampusError `store_unavailable` when there is none, `store_misconfigured` when the server refuses the credentials,
   * `request_invalid` when it is too large to be held
   */
  async text(request: ServerRequest): Promise<{ status: number; body: string }> {
    const response = await this.#send(request);
    const chunks: string[] = [];
    for await (const chunk of this.#body(response)) chunks.push(chunk);
    return { status: response.status, body: chunks.join('') };
  }

  /** The answer as JSON, whatever its status; not yet checked. @throws CampusError as `text`, and for what is no JSON */
  async json(request: ServerRequest): Promise<unknown> {
    const { status, body } = await this.text(request);
    try {
      return JSON.parse(body);
    } catch {
      // What came instead says more than the parser's complaint.
      throw this.unexpected(`status ${status}, ${JSON.stringify(body.slice(0, 200))}`);
    }
  }

  /** The answer line by line as it comes; leaving the loop early ends the request. @throws CampusError as `text` */
  async *lines(request: ServerRequest): AsyncGenerator<string> {
    const response = await this.#send(request);
    if (!response.ok) {
      let text = '';
      for await (const chunk of this.#body(response)) text += chunk;
      throw this.unexpected(`status ${response.status}, ${JSON.stringify(text.slice(0, 200))}`);
    }
    let rest = '';
    for await (const chunk of this.#body(response)) {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop() ?? '';
      yield* lines.filter((line) => line !== '');
    }
    if (rest !== '') yield rest;
  }

  /** An answer that is not what the API promises: to be asked again later. */
  unexpected(what: string, cause?: unknown): CampusError {
    return new CampusError('store_unavailable', `${this.name} does not answer as expected: ${what}`, { cause });
  }

  async #send({
    path,
    query = {},
    form,
    timeoutMs = SERVER_TIMEOUT_MS,
    anyStatus = false,
  }: ServerRequest): Promise<Response> {
    const url = new URL(`${this.#url}${path}`);
    for (const [key, value] of Object.entries(query)) url.searchParams.set(key, value);
    const init: RequestInit = { headers: this.#headers, signal: AbortSignal.timeout(timeoutMs), redirect: 'error' };
    if (form !== undefined) Object.assign(init, { method: 'POST', body: new URLSearchParams(form) });
    let response: Response;
    try {
      response = await fetch(url, init);
    } catch (error) {
      throw this.unexpected(reasonOf(error as Error), error);
    }
    if (anyStatus || (response.status !== 401 && response.status !== 403)) return response;
    await response.body?.cancel();
    throw new CampusError(
      'store_misconfigured',
      `${this.name} answers ${response.status}: expected credentials that it knows and that may read and write there`,
    );
  }

  async *#body(response: Response): AsyncGenerator<string> {
    const decoder = new TextDecoder();
    let bytes = 0;
    try {
      for await (const chunk of response.body ?? []) {
        bytes += chunk.byteLength;
        if (bytes > ANSWER_BYTES_MAX) {
          throw new CampusError(
            'request_invalid',
            `${this.name} answers with more than ${ANSWER_BYTES_MAX} bytes: ask for a wider step, a shorter time or fewer series`,
          );
        }
        yield decoder.decode(chunk, { stream: true });
      }
    } catch (error) {
      throw error instanceof CampusError ? error : this.unexpected(reasonOf(error as Error), error);
    }
  }
}

/** What a failed request failed of: fetch keeps it in the error's cause. */
export function reasonOf(error: Error): string {
  return error.cause instanceof Error ? error.cause.message || String(error.cause) : error.message;
}
