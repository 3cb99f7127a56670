import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import { gunzipSync } from 'node:zlib';

/**
 * Stands before a database server: lets nothing through while it is closed, answers in its place that it failed over a write where it is told to,
 * and tells what was written, in order.
 */
export class HttpRelay {
  readonly #server: Server;
  readonly #target: number;
  readonly #onWritten: (body: string) => void;
  #open = true;
  /** Over which lines of a write the server is to have failed: it does not get them. */
  failsOver: (lines: string) => boolean = () => false;

  private constructor(target: number, onWritten: (body: string) => void) {
    this.#target = target;
    this.#onWritten = onWritten;
    this.#server = createServer((incoming, answer) => this.#pass(incoming, answer));
  }

  /** @param onWritten told of every body that the server at `target` has taken */
  static async listen(target: number, onWritten: (body: string) => void): Promise<HttpRelay> {
    const relay = new HttpRelay(target, onWritten);
    await new Promise<void>((resolve) => relay.#server.listen(0, '127.0.0.1', resolve));
    return relay;
  }

  get port(): number {
    const address = this.#server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  }

  /** As if the server were gone. */
  shut(): void {
    this.#open = false;
    this.#server.closeAllConnections();
  }

  unshut(): void {
    this.#open = true;
  }

  async close(): Promise<void> {
    this.shut();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #pass(incoming: IncomingMessage, answer: ServerResponse): void {
    if (!this.#open) {
      incoming.destroy();
      return;
    }
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      const body = Buffer.concat(chunks);
      const { method, url, headers } = incoming;
      const lines = isWrite(url) ? linesOf(body, headers['content-encoding']) : '';
      if (lines !== '' && this.failsOver(lines)) {
        answer.writeHead(500, { 'content-type': 'application/json' }).end('{"error":"index out of range"}');
        return;
      }
      const onward = request({ port: this.#target, host: '127.0.0.1', method, path: url, headers }, (response) => {
        if (lines !== '' && response.statusCode === 204) this.#onWritten(lines);
        answer.writeHead(response.statusCode ?? 502, response.headers);
        response.pipe(answer);
      });
      onward.on('error', () => answer.destroy());
      onward.end(body);
    });
  }
}

/** Where InfluxDB 1.x, 2.x and VictoriaMetrics take line protocol. */
function isWrite(url = ''): boolean {
  return url.startsWith('/write') || url.startsWith('/api/v2/write');
}

function linesOf(body: Buffer, encoding: string | undefined): string {
  return (encoding === 'gzip' ? gunzipSync(body) : body).toString();
}
