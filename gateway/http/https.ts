import { createServer, type Server } from 'node:https';
import { setTimeout as delay } from 'node:timers/promises';
import type { TlsIdentity } from '../pki/tls-identity.ts';
import { HANDSHAKE_MS } from '../pki/tls-settings.ts';
import type { Api } from './api.ts';
import { answerClientError } from './error-answers.ts';

/**
 * Serves the API and the console by TLS as well, under the same bounds as in clear. It closes when the API does.
 * @param lastAnswersMs how long answers that are under way get at the end
 */
export function addHttpsServer(app: Api, identity: TlsIdentity, lastAnswersMs: number): Server {
  const { requestTimeout, headersTimeout, timeout } = app.server;
  const server = createServer({ ...identity.serverOptions, handshakeTimeout: HANDSHAKE_MS }, (request, response) =>
    app.routing(request, response),
  );
  Object.assign(server, { requestTimeout, headersTimeout });
  server.setTimeout(timeout);
  server.on('clientError', answerClientError);
  identity.follow(server);
  app.decorate('httpsServer', server);
  const closed = Promise.withResolvers<void>();
  app.addHook('preClose', async () => {
    server.close(() => closed.resolve());
    server.closeIdleConnections();
  });
  app.addHook('onClose', async () => {
    const late = delay(lastAnswersMs, undefined, { ref: false });
    await Promise.race([closed.promise, late]);
    server.closeAllConnections();
  });
  return server;
}

declare module 'fastify' {
  interface FastifyInstance {
    /** The same API by TLS; absent where there is none. It does not listen by itself. */
    httpsServer?: Server;
  }
}
