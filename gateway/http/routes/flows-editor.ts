import type { IncomingHttpHeaders } from 'node:http';
import { Readable } from 'node:stream';
import httpProxy from '@fastify/http-proxy';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { CampusError } from '../../../contract/errors.ts';
import { EDITOR_BODY_BYTES, EDITOR_SECRET_HEADER } from '../../../runtime/editor-proxy.ts';
import { actorOf, roleNow } from '../../access/identity.ts';
import { roleAllows } from '../../access/roles.ts';
import type { Api } from '../api.ts';
import { addressOf, identityOf } from '../authentication.ts';
import type { HttpDeps } from '../deps.ts';
import { OpenSockets } from '../open-sockets.ts';
import { PROBLEM_TYPE, problemOf } from '../problem.ts';
import { isSameOrigin, mayChange } from '../same-origin.ts';

/** Where the editor lies. */
export const EDITOR_PATH = '/flows';

/**
 * Node-RED's editor needs what the console does without: its page holds scripts of nodes and styles of its own, and its code editor runs in
 * workers that are made of text. The rest is as strict as elsewhere.
 */
export const editorPolicy = [
  "default-src 'self'",
  "script-src 'self' 'unsafe-inline' blob:",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "font-src 'self' data:",
  "connect-src 'self'",
  "worker-src 'self' blob:",
  "frame-ancestors 'none'",
  "base-uri 'none'",
  "form-action 'self'",
].join('; ');

/** What the flows process has no business to see: who asks is the gateway's to know. */
const keptHere: readonly string[] = ['cookie', 'authorization', 'forwarded', EDITOR_SECRET_HEADER];
const noAnswer = problemOf(
  'flows_unavailable',
  'the flows process does not answer: it may be starting, or flows.editor.enabled is false',
);
/** A message of the editor is a few words: names of what it wants to hear of. */
const MESSAGE_BYTES = 64 * 1024;

/**
 * `/flows/`: the editor of the flows process, for administrators who have signed in, and for no program. Everything that may change something
 * stands in the audit log with who did it.
 */
export async function addFlowsEditor(
  app: Api,
  { registry, flowsEditor, now }: Pick<HttpDeps, 'registry' | 'flowsEditor' | 'now'>,
): Promise<void> {
  // A client that has gone away has taken its address with it.
  const addresses = new WeakMap<FastifyRequest, string>();
  const sockets = new OpenSockets();
  app.addHook('preClose', async () => sockets.close());
  await app.register(
    async (editor) => {
      editor.addHook('onRoute', (route) => {
        route.config = { ...route.config, role: 'admin' };
        route.schema = { ...route.schema, hide: true };
        route.bodyLimit = EDITOR_BODY_BYTES;
      });
      takeWholeBodies(editor);
      // Before the answer: a client that goes away early has changed something, too.
      editor.addHook('onSend', async (request, reply) => {
        reply.header('content-security-policy', editorPolicy);
        if (request.identity !== null && mayChange(request.method)) note(request, reply.statusCode);
      });
      await editor.register(httpProxy, {
        upstream: `http://127.0.0.1:${flowsEditor.port}`,
        rewritePrefix: '/',
        disableRequestLogging: true,
        websocket: true,
        httpMethods: ['GET', 'POST', 'PUT', 'DELETE'],
        // Its own parsers would stream bodies of any length.
        proxyPayloads: false,
        wsServerOptions: { maxPayload: MESSAGE_BYTES },
        preHandler: (request, _reply, done) => {
          try {
            admit(request);
            done();
          } catch (error) {
            done(error instanceof Error ? error : new Error(String(error)));
          }
        },
        replyOptions: {
          rewriteRequestHeaders: (_request, headers) => upstreamHeaders(headers),
          rewriteHeaders: ({ 'set-cookie': _cookie, 'x-powered-by': _by, ...headers }) => headers,
          // Who asks sees at once that the flows are starting.
          retryDelay: () => null,
          onError: (reply, { error }) => {
            reply.log.warn({ err: error }, 'the editor of the flows does not answer');
            reply.code(503).type(PROBLEM_TYPE).send(JSON.stringify(noAnswer));
          },
        },
        wsClientOptions: { headers: { [EDITOR_SECRET_HEADER]: flowsEditor.secret } },
      });
    },
    { prefix: EDITOR_PATH },
  );

  function note(request: FastifyRequest, status: number): void {
    registry.audit.record({
      actor: actorOf(identityOf(request)),
      address: addresses.get(request) ?? addressOf(request),
      action: isDeploy(request) ? 'flows.deploy' : 'flows.change',
      target: `${request.method} ${pathOf(request)}`,
      outcome: status < 400 ? 'ok' : 'refused',
      detail: isDeploy(request) ? `deployment type ${deploymentType(request)}` : '',
    });
  }

  /** @throws CampusError `forbidden` for a program, and for a WebSocket that a page of another origin opens */
  function admit(request: FastifyRequest): void {
    const identity = identityOf(request);
    if (identity.kind !== 'user') {
      throw new CampusError('forbidden', 'expected an administrator who has signed in, got a token');
    }
    addresses.set(request, addressOf(request));
    // The proxy would hand it on with a WebSocket.
    delete request.headers.cookie;
    if (request.headers.upgrade === undefined) return;
    // Browsers send a page's origin with each WebSocket, and no SameSite rule of every browser covers those.
    if (request.headers.origin === undefined || !isSameOrigin(request.headers)) {
      throw new CampusError('forbidden', 'expected a WebSocket of the editor itself, got one of another origin');
    }
    sockets.add(request.raw.socket, () => {
      const role = roleNow(registry, identity, now());
      return role !== undefined && roleAllows(role, 'admin');
    });
  }

  function upstreamHeaders(headers: IncomingHttpHeaders): IncomingHttpHeaders {
    const kept = Object.entries(headers).filter(
      ([name]) => !keptHere.includes(name) && !name.startsWith('x-forwarded-'),
    );
    return { ...Object.fromEntries(kept), [EDITOR_SECRET_HEADER]: flowsEditor.secret };
  }
}

/** Bodies of every kind come whole, within the route's bound, and go on as they came. */
function takeWholeBodies(editor: FastifyInstance): void {
  editor.removeAllContentTypeParsers();
  editor.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, Readable.from([body])));
}

function pathOf({ url }: FastifyRequest): string {
  return url.split('?')[0] ?? '';
}

/** https://nodered.org/docs/api/admin/methods/post/flows/ */
function isDeploy(request: FastifyRequest): boolean {
  return request.method === 'POST' && pathOf(request) === `${EDITOR_PATH}/flows`;
}

function deploymentType({ headers }: FastifyRequest): string {
  const type = headers['node-red-deployment-type'];
  return typeof type === 'string' && /^[a-z]{1,16}$/.test(type) ? type : 'full';
}
