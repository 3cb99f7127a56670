import type { FastifyRequest } from 'fastify';
import { CampusError } from '../../contract/errors.ts';
import { actorOf, type Identity, identityOfCookie, identityOfToken } from '../access/identity.ts';
import { addressBlock, isLoopback, plainAddress } from '../access/network-address.ts';
import { type RouteRole, roleAllows } from '../access/roles.ts';
import { scopesAllow } from '../access/token-scopes.ts';
import type { Api } from './api.ts';
import type { HttpDeps } from './deps.ts';
import { RateLimits, rateClasses } from './rate-limits.ts';
import { type RouteScope, rateOf, scopeOf } from './route-declaration.ts';
import { isSameOrigin, mayChange } from './same-origin.ts';

export const SESSION_COOKIE = 'campus_session';

/** Names by which a machine calls itself. Any other name on a loopback connection may be an attacker's (DNS rebinding). */
const localHosts: readonly string[] = ['localhost', '127.0.0.1', '[::1]'];

/** The one place that decides who may use a route, and how often: by its declaration, before the body is read. */
export function addAuthentication(app: Api, { registry, now }: Pick<HttpDeps, 'registry' | 'now'>): void {
  const limits = new RateLimits(() => performance.now());
  app.decorateRequest('identity', null);

  app.addHook('onRequest', async (request) => {
    if (request.is404) return;
    const { config } = request.routeOptions;
    const needed = config.role ?? 'admin';
    const token = bearerToken(request);
    if (token === undefined && mayChange(request.method) && !isSameOrigin(request.headers)) {
      refuse(request, 'anonymous', 'a page of another origin sent this');
      throw new CampusError(
        'forbidden',
        'expected a request from the console itself, got one from a page of another origin',
      );
    }
    if (needed !== 'public') request.identity = identify(request, token, needed);
    count(request);
  });

  /** Who asks; null where the route does not need to know. @throws CampusError `not_authenticated`, `forbidden`, `rate_limited` */
  function identify(request: FastifyRequest, token: string | undefined, needed: RouteRole): Identity | null {
    const identity = token === undefined ? identityByCookie(request) : identityByToken(request, token);
    if (identity === undefined) {
      if (needed === 'viewer-or-local' && isLocal(request)) return null;
      throw new CampusError('not_authenticated', 'expected a session cookie or a bearer token');
    }
    checkRole(request, identity, needed);
    checkScope(request, identity, scopeOf(request.routeOptions.config));
    return identity;
  }

  function identityByCookie(request: FastifyRequest): Identity | undefined {
    const cookie = request.cookies[SESSION_COOKIE];
    return cookie === undefined ? undefined : identityOfCookie(registry, cookie, now());
  }

  function identityByToken(request: FastifyRequest, token: string): Identity {
    const found = identityOfToken(registry, token, now());
    if (found !== undefined && !found.ended) return found.identity;
    // A right token never comes this far, whatever else is tried from its address.
    limits.take('failure', addressBlock(request.ip));
    if (found !== undefined) {
      refuse(request, actorOf(found.identity), 'expired token');
      throw new CampusError('not_authenticated', 'expected a token that holds, got one that has expired');
    }
    refuse(request, 'anonymous', 'unknown token');
    throw new CampusError('not_authenticated', 'expected a token that exists, got another: it may have been revoked');
  }

  function checkRole(request: FastifyRequest, identity: Identity, needed: RouteRole): void {
    if (roleAllows(identity.role, needed)) return;
    refuse(request, actorOf(identity), `needs ${needed}, is ${identity.role}`);
    throw new CampusError('forbidden', `expected the role ${needed}, got ${identity.role}`);
  }

  function checkScope(request: FastifyRequest, identity: Identity, needed: RouteScope): void {
    if (identity.kind !== 'token' || scopesAllow(identity.scopes, needed)) return;
    const held = identity.scopes.join(', ');
    refuse(request, actorOf(identity), `needs the scope ${needed}, has ${held}`);
    const expected = needed === 'none' ? 'a token that is not narrowed to scopes' : `a token with the scope ${needed}`;
    throw new CampusError('forbidden', `expected ${expected}, got ${held}`);
  }

  /** Behind a tunnel or a proxy everybody comes from this machine: its address is not one person's, and is not counted. */
  function count(request: FastifyRequest): void {
    const rate = rateOf(request.routeOptions.config, request.method);
    const { identity } = request;
    const byAddress = rateClasses[rate].by === 'address' || identity === null;
    if (byAddress && isLoopback(request.ip)) return;
    try {
      limits.take(rate, byAddress ? addressBlock(request.ip) : keyOf(identity));
    } catch (error) {
      refuse(request, identity === null ? 'anonymous' : actorOf(identity), `too many requests of the kind ${rate}`);
      throw error;
    }
  }

  function refuse(request: FastifyRequest, actor: string, detail: string): void {
    const target = `${request.method} ${request.routeOptions.url ?? ''}`;
    registry.audit.record({
      actor,
      address: addressOf(request),
      action: 'http.request',
      target,
      outcome: 'refused',
      detail,
    });
  }
}

/** What an identity is counted by: one person's browsers together, each token by itself. */
export function keyOf(identity: Identity): string {
  return identity.kind === 'token' ? `token ${identity.id}` : `user ${identity.name}`;
}

/** The client's address as it is shown in the audit log. */
export function addressOf(request: FastifyRequest): string {
  return plainAddress(request.ip);
}

/** Who asks, on a route that is not public. */
export function identityOf(request: FastifyRequest): Identity {
  if (request.identity === null)
    throw new CampusError('not_authenticated', 'expected a session cookie or a bearer token');
  return request.identity;
}

/** `Authorization: Bearer TOKEN` (RFC 6750 §2.1). */
function bearerToken({ headers }: FastifyRequest): string | undefined {
  return /^Bearer +(\S+) *$/i.exec(headers.authorization ?? '')?.[1];
}

/** A connection from this very machine, by no proxy and by a name of its own. */
function isLocal({ ip, headers, hostname }: FastifyRequest): boolean {
  const proxied = headers['x-forwarded-for'] !== undefined || headers.forwarded !== undefined;
  return isLoopback(ip) && !proxied && localHosts.includes(hostname);
}
