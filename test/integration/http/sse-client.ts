/** One event of a stream, or a comment. */
export type SseMessage = { event: string; data: unknown } | { comment: string };

/** Reads a stream of server-sent events as a browser does. */
export class SseClient {
  /** Everything that has come so far. */
  readonly messages: SseMessage[] = [];
  readonly response: Response;
  readonly #abort: AbortController;
  #ended = false;

  private constructor(response: Response, abort: AbortController) {
    this.response = response;
    this.#abort = abort;
    void this.#read();
  }

  /** Opens a stream; rejects when the answer is no 200. */
  static async open(url: string, headers: Record<string, string>): Promise<SseClient> {
    const abort = new AbortController();
    const response = await fetch(`${url}/api/v1/stream`, { headers, signal: abort.signal });
    if (response.status !== 200) throw new Error(`GET /api/v1/stream: ${response.status} ${await response.text()}`);
    return new SseClient(response, abort);
  }

  /** True once the server has ended the stream. */
  get ended(): boolean {
    return this.#ended;
  }

  /** The data of every event of a type. */
  data(event: string): unknown[] {
    return this.messages.flatMap((message) => ('event' in message && message.event === event ? [message.data] : []));
  }

  close(): void {
    this.#abort.abort();
  }

  async #read(): Promise<void> {
    let rest = '';
    try {
      for await (const chunk of this.response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
        const blocks = (rest + chunk).split('\n\n');
        rest = blocks.pop() ?? '';
        this.messages.push(...blocks.map(parseBlock));
      }
    } catch (error) {
      // Aborted by `close`, or cut by the server: both are an end.
      if (!(error instanceof Error)) throw error;
    }
    this.#ended = true;
  }
}

function parseBlock(block: string): SseMessage {
  const fields = new Map(
    block
      .split('\n')
      .map((line): [string, string] => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1)]),
  );
  const event = fields.get('event');
  if (event === undefined) return { comment: block };
  return { event: event.trim(), data: JSON.parse(fields.get('data') ?? 'null') };
}
