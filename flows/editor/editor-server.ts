import { createHash, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type RequestListener, Server, type ServerResponse } from 'node:http';
import { EDITOR_SECRET_HEADER } from '../../runtime/editor-proxy.ts';
import { listenError } from '../../runtime/ports.ts';

/** Loopback alone: people come by way of the gateway, which knows who they are. */
const HOST = '127.0.0.1';
/** As the gateway's own: a request has to arrive within this time, ms. */
const REQUEST_MS = 8000;
/** The gateway's connections, one for each request that is under way. */
const CONNECTIONS_MAX = 64;

/**
 * The HTTP server of Node-RED's editor. It answers who knows the secret that the gateway has handed over, and nobody else: other users of
 * this machine reach the port, too.
 */
export class EditorServer {
  /** What Node-RED takes for its server: it hears of the WebSockets of who knows the secret. It never listens. */
  readonly behind = new Server();
  readonly #secret: () => string | undefined;
  readonly #server: Server;
  #answer: RequestListener = (_request, response) => refuse(response, 503);

  /** @param secret asked at each request, for the gateway may hand it over, or another one, at any time */
  constructor(secret: () => string | undefined) {
    this.#secret = secret;
    this.#server = createServer({ requestTimeout: REQUEST_MS, headersTimeout: REQUEST_MS }, (request, response) =>
      this.#mayPass(request) ? this.#answer(request, response) : refuse(response, 403),
    );
    this.#server.maxConnections = CONNECTIONS_MAX;
    this.#server.on('upgrade', (request, socket, head) => {
      // Nobody else destroys a socket whose WebSocket is not wanted.
      socket.on('error', () => socket.destroy());
      if (!this.#mayPass(request) || !this.behind.emit('upgrade', request, socket, head)) socket.destroy();
    });
  }

  /** Answers requests by `answer` from now on. */
  serve(answer: RequestListener): void {
    this.#answer = answer;
  }

  /** @throws CampusError `port_taken`, `port_invalid` */
  async listen(port: number): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', (error) => reject(listenError(error, 'CAMPUS_FLOWS_PORT', HOST, port)));
      this.#server.listen(port, HOST, resolve);
    });
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
  }

  #mayPass({ headers }: IncomingMessage): boolean {
    const shown = headers[EDITOR_SECRET_HEADER];
    const secret = this.#secret();
    if (secret === undefined || typeof shown !== 'string') return false;
    return timingSafeEqual(digest(shown), digest(secret));
  }
}

/** Of one length, whatever was shown: how long a comparison takes tells nothing. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

function refuse(response: ServerResponse, status: number): void {
  response.writeHead(status, { 'content-type': 'text/plain' }).end('only the gateway may ask here\n');
}
