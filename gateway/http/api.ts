import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FastifyBaseLogger, FastifyInstance, RawServerDefault } from 'fastify';
import type { TypeBoxTypeProvider } from '#typebox/fastify';
import type { Identity } from '../access/identity.ts';
import type { RouteRole } from '../access/roles.ts';
import type { RateClass } from './rate-limits.ts';
import type { DeclaredRoute, RouteScope } from './route-declaration.ts';

/** The server that routes are added to; schemas are TypeBox. */
export type Api = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>;

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Who may use the route. Every route says so. */
    role?: RouteRole;
    /** What a token with scopes needs among them: unless told, no such token may. */
    scope?: RouteScope;
    /** How often it may be asked: as route-declaration.ts says unless told. */
    rate?: RateClass;
  }
  interface FastifyRequest {
    /** Who asks; null on public routes. */
    identity: Identity | null;
  }
  interface FastifyInstance {
    /** Every route of the server; HEAD comes with each GET. */
    declaredRoutes: readonly DeclaredRoute[];
  }
}
