import type { FastifyRequest } from 'fastify';
import { CampusError } from '../../contract/errors.ts';
import { actorOf, type Identity, identityOfCookie, identityOfToken } from '../access/identity.ts';
import { isLoopback, plainAddress } from '../access/network-address.ts';
import { type RouteRole, roleAllows } from '../access/roles.ts';
import type { Api } from './api.ts';
import type { HttpDeps } from './deps.ts';
import { isSameOrigin, mayChange } from './same-origin.ts';

export const SESSION_COOKIE = 'campus_session';

/** Names by which a machine calls itself. Any other name on a loopback connection may be an attacker's (DNS rebinding). */
const localHosts: readonly string[] = ['localhost', '127.0.0.1', '[::1]'];

/** The one place that decides who may use a route: by its declared role, before the body is read. */
export function addAuthentication(app: Api, { registry, now }: Pick<HttpDeps, 'registry' | 'now'>): void {
  app.decorateRequest('identity', null);

  app.addHook('onRequest', async (request) => {
    if (request.is404) return;
    const needed = request.routeOptions.config.role ?? 'admin';
    const token = bearerToken(request);
    if (token === undefined && mayChange(request.method) && !isSameOrigin(request.headers)) {
      refuse(request, 'anonymous', 'a page of another origin sent this');
      throw new CampusError(
        'forbidden',
        'expected a request from the console itself, got one from a page of another origin',
      );
    }
    if (needed === 'public') return;
    const identity = token === undefined ? identityByCookie(request) : identityByToken(request, token);
    if (identity === undefined) {
      if (needed === 'signed-in-or-local' && isLocal(request)) return;
      throw new CampusError('not_authenticated', 'expected a session cookie or a bearer token');
    }
    checkRole(request, identity, needed);
    request.identity = identity;
  });

  function identityByCookie(request: FastifyRequest): Identity | undefined {
    const cookie = request.cookies[SESSION_COOKIE];
    return cookie === undefined ? undefined : identityOfCookie(registry, cookie, now());
  }

  function identityByToken(request: FastifyRequest, token: string): Identity {
    const identity = identityOfToken(registry, token, now());
    if (identity !== undefined) return identity;
    refuse(request, 'anonymous', 'unknown token');
    throw new CampusError('not_authenticated', 'expected a token that exists, got another: it may have been revoked');
  }

  function checkRole(request: FastifyRequest, identity: Identity, needed: RouteRole): void {
    if (roleAllows(identity.role, needed)) return;
    refuse(request, actorOf(identity), `needs ${needed}, is ${identity.role}`);
    throw new CampusError('forbidden', `expected the role ${needed}, got ${identity.role}`);
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
