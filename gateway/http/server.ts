import fastifyCookie from '@fastify/cookie';
import fastify, { type FastifyBaseLogger, LogController } from 'fastify';
import { type TypeBoxTypeProvider, TypeBoxValidatorCompiler } from '#typebox/fastify';
import type { Api } from './api.ts';
import { addAuthentication } from './authentication.ts';
import { boundConnections } from './connections.ts';
import type { HttpDeps } from './deps.ts';
import { addErrorAnswers, answerClientError } from './error-answers.ts';
import { addHttpsServer } from './https.ts';
import { connectLiveSources } from './live-sources.ts';
import { sendProblem, toProblem } from './problem.ts';
import { declareRoutes } from './route-declaration.ts';
import { addAbout } from './routes/about.ts';
import { addAlerts } from './routes/alerts.ts';
import { addAudit } from './routes/audit.ts';
import { addBackups } from './routes/backups.ts';
import { addBans } from './routes/bans.ts';
import { addCommands } from './routes/commands.ts';
import { addConsole } from './routes/console.ts';
import { addDeviceAccounts } from './routes/device-accounts.ts';
import { addDevices } from './routes/devices.ts';
import { addDocs, collectDocs } from './routes/docs.ts';
import { addEvents } from './routes/events.ts';
import { addExport } from './routes/export.ts';
import { addFlowsEditor } from './routes/flows-editor.ts';
import { addHealth } from './routes/health.ts';
import { addJoin } from './routes/join.ts';
import { addJoinAnnouncements, addJoinRequests } from './routes/join-requests.ts';
import { addJoinTokens } from './routes/join-tokens.ts';
import { addLatest } from './routes/latest.ts';
import { addMetrics } from './routes/metrics.ts';
import { addPrivacyReport } from './routes/privacy-report.ts';
import { addRejects } from './routes/rejects.ts';
import { addSelfCommands } from './routes/self-commands.ts';
import { addSeries } from './routes/series.ts';
import { addSession } from './routes/session.ts';
import { addStream } from './routes/stream.ts';
import { addTokens } from './routes/tokens.ts';
import { addUsers } from './routes/users.ts';
import { addSecurityHeaders, setSecurityHeaders } from './security-headers.ts';

/** Where the API lies; within it, names may be added and never renamed. */
export const API_PREFIX = '/api/v1';

/** What no route may exceed that does not say so itself; most take far less (route-declaration.ts). */
const BODY_BYTES = 64 * 1024;
/** A request has to arrive within this time: less than the time a process may take to shut down. */
const REQUEST_MS = 8000;
/** A handler has to answer within this time: a year's chart from a slow card does. */
const HANDLER_MS = 30_000;
/** A connection without a byte for this long is dead: streams send one every 15 s. */
const SILENCE_MS = 60_000;
/** How often Node looks for connections that took too long. */
const CHECK_MS = 2000;
/** Bytes of a request's line and headers: a token, a cookie and a long query fit. */
const HEADER_BYTES = 8 * 1024;
/** At the end, answers that are under way get this long. */
const LAST_ANSWERS_MS = 2000;

/** Builds the HTTP server, ready to listen. Closing it ends its streams and lets the answers under way finish. */
export async function createHttpServer(deps: HttpDeps): Promise<Api> {
  const loggerInstance: FastifyBaseLogger = deps.log;
  const app: Api = fastify({
    loggerInstance,
    // Two lines per request would wear out the card that the log lies on.
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: BODY_BYTES,
    requestTimeout: REQUEST_MS,
    handlerTimeout: HANDLER_MS,
    connectionTimeout: SILENCE_MS,
    http: { headersTimeout: REQUEST_MS, connectionsCheckingInterval: CHECK_MS, maxHeaderSize: HEADER_BYTES },
    routerOptions: { maxParamLength: 128 },
    clientErrorHandler: answerClientError,
    frameworkErrors: (error, request, reply) => {
      setSecurityHeaders(reply, request);
      sendProblem(reply, toProblem(error));
    },
  }).withTypeProvider<TypeBoxTypeProvider>();
  app.setValidatorCompiler(TypeBoxValidatorCompiler);
  // The handlers' answers have the declared shapes by their types, and the tests check them: encoding by schema would only cost time.
  app.setSerializerCompiler(() => (data) => JSON.stringify(data));
  declareRoutes(app);
  addSecurityHeaders(app);
  addErrorAnswers(app);
  await app.register(fastifyCookie);
  addAuthentication(app, deps);
  const bound = boundConnections(app, deps);
  bound(app.server);
  await addRoutes(app, deps);
  closeGently(app, connectLiveSources(deps));
  if (deps.identity !== undefined) bound(addHttpsServer(app, deps.identity, LAST_ANSWERS_MS));
  await app.ready();
  return app;
}

async function addRoutes(app: Api, deps: HttpDeps): Promise<void> {
  await collectDocs(app);
  addHealth(app, deps);
  addMetrics(app, deps);
  await app.register(
    async (api: Api) => {
      for (const add of resources) add(api, deps);
    },
    { prefix: API_PREFIX },
  );
  await addDocs(app);
  await addFlowsEditor(app, deps);
  await addConsole(app, deps);
}

/** Everything below the prefix. */
const resources: readonly ((api: Api, deps: HttpDeps) => void)[] = [
  addAbout,
  addSession,
  addDevices,
  addCommands,
  addSelfCommands,
  addDeviceAccounts,
  addLatest,
  addSeries,
  addExport,
  addAlerts,
  addEvents,
  addRejects,
  addAudit,
  addPrivacyReport,
  addJoin,
  addJoinTokens,
  addJoinAnnouncements,
  addJoinRequests,
  addTokens,
  addUsers,
  addBans,
  addBackups,
  addStream,
];

function closeGently(app: Api, disconnect: () => void): void {
  app.addHook('preClose', async () => {
    disconnect();
    setTimeout(() => app.server.closeAllConnections(), LAST_ANSWERS_MS).unref();
  });
}
