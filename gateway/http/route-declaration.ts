import type { FastifyContextConfig, RouteOptions } from 'fastify';
import type { RouteRole } from '../access/roles.ts';
import type { TokenScope } from '../access/token-scopes.ts';
import type { Api } from './api.ts';
import { type RateClass, rateClasses } from './rate-limits.ts';

/** The largest body of a route that takes one and says nothing else: a note of 500 characters, or a user, is far below. */
const BODY_BYTES = 16 * 1024;
/** What a route without a body may be sent: Fastify wants a number above 0, and an empty object does no harm. */
const NO_BODY_BYTES = 64;

/** A route and what is asked of those who use it. All of it is enforced in one place: authentication.ts, and Fastify for the body. */
export interface DeclaredRoute {
  method: string;
  /** Path with the prefix, e.g. `/api/v1/devices/:id`. */
  path: string;
  role: RouteRole;
  /** What a token with scopes needs among them; `none` is closed to every such token. */
  scope: RouteScope;
  rate: RateClass;
  /** Bytes of the body; 0 where there is none. */
  bodyBytes: number;
  /** What it does, in a few words; undefined for the files of a page. */
  summary: string | undefined;
}

/** The scope of a route: one of the tokens', `any` for what every token may, `none` for what only a token without scopes may. */
export type RouteScope = TokenScope | 'any' | 'none';

/** The scope that a route has been declared with. One that says nothing is closed to tokens with scopes: forgetting it opens nothing. */
export function scopeOf(config: FastifyContextConfig): RouteScope {
  return config.scope ?? (config.role === 'public' ? 'any' : 'none');
}

/** How often a route may be asked: reading and writing unless it says otherwise; what strangers may is counted by their address. */
export function rateOf(config: FastifyContextConfig, method: string): RateClass {
  if (config.rate !== undefined) return config.rate;
  if (config.role === 'public') return 'page';
  return method === 'GET' || method === 'HEAD' ? 'read' : 'write';
}

/** Keeps the list of routes, gives each its bound, and refuses to start with one that does not say who may use it. */
export function declareRoutes(app: Api): void {
  const routes: DeclaredRoute[] = [];
  const added: RouteOptions[] = [];
  app.decorate('declaredRoutes', routes);
  app.addHook('onRoute', (route) => {
    route.bodyLimit ??= route.schema?.body === undefined ? NO_BODY_BYTES : BODY_BYTES;
    added.push(route);
  });
  // Plugins say who may use their routes after this hook has seen them, so the declarations are read at the end.
  app.addHook('onReady', async () => {
    for (const route of added) routes.push(...declarationsOf(route));
  });
}

function declarationsOf({ method: methods, url, config, schema, bodyLimit = 0 }: RouteOptions): DeclaredRoute[] {
  return [methods]
    .flat()
    .filter((method) => method !== 'HEAD')
    .map((method) => {
      if (config?.role === undefined)
        throw new Error(`${method} ${url}: expected a role in the route's config, got none`);
      const rate = rateOf(config, method);
      if (!Object.hasOwn(rateClasses, rate)) throw new Error(`${method} ${url}: expected a rate class, got ${rate}`);
      const bodyBytes = schema?.body === undefined ? 0 : bodyLimit;
      return {
        method,
        path: url,
        role: config.role,
        scope: scopeOf(config),
        rate,
        bodyBytes,
        summary: schema?.summary,
      };
    });
}
