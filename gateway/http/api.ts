import type { IncomingMessage, ServerResponse } from 'node:http';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyBaseLogger, FastifyInstance, RawServerDefault } from 'fastify';
import type { Identity } from '../access/identity.ts';
import type { RouteRole } from '../access/roles.ts';

/** The server that routes are added to; schemas are TypeBox. */
export type Api = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>;

/** A route and who may use it, as it was declared. */
export interface DeclaredRoute {
  method: string;
  /** Path with the prefix, e.g. `/api/v1/devices/:id`. */
  path: string;
  role: RouteRole;
  /** What it does, in a few words; undefined for the files of a page. */
  summary: string | undefined;
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Who may use the route. Every route says so. */
    role?: RouteRole;
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
