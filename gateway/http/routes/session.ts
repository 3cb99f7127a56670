import type { FastifyReply, FastifyRequest } from 'fastify';
import { Type } from '#typebox';
import { actorOf } from '../../access/identity.ts';
import { PASSWORD_MAX } from '../../access/people.ts';
import type { Api } from '../api.ts';
import { addressOf, identityOf, SESSION_COOKIE } from '../authentication.ts';
import type { HttpDeps } from '../deps.ts';
import { Nothing, Role } from '../schemas.ts';

const Credentials = Type.Object(
  {
    username: Type.String({ minLength: 1, maxLength: 64 }),
    password: Type.String({ minLength: 1, maxLength: PASSWORD_MAX }),
  },
  { additionalProperties: false },
);
const Self = Type.Object({ username: Type.String(), role: Role });

/** `/session`: a person signs in, asks who he is, signs out. */
export function addSession(app: Api, { registry, access }: Pick<HttpDeps, 'registry' | 'access'>): void {
  app.route({
    method: 'POST',
    url: '/session',
    config: { role: 'public', rate: 'sign-in' },
    schema: { summary: 'Sign in: sets the cookie campus_session', body: Credentials, response: { 200: Self } },
    handler: async (request, reply) => {
      const { username, password } = request.body;
      const { user, secret } = await access.signIn.signIn({ name: username, password, address: addressOf(request) });
      setCookie(request, reply, secret);
      return { username: user.name, role: user.role };
    },
  });

  app.route({
    method: 'GET',
    url: '/session',
    config: { role: 'signed-in', scope: 'any' },
    schema: { summary: 'Who is signed in', response: { 200: Self } },
    handler: (request) => {
      const { name, role } = identityOf(request);
      return { username: name, role };
    },
  });

  app.route({
    method: 'DELETE',
    url: '/session',
    config: { role: 'signed-in', scope: 'any' },
    schema: { summary: 'Sign out', response: { 204: Nothing } },
    handler: async (request, reply) => {
      const identity = identityOf(request);
      if (identity.kind === 'user') {
        registry.sessions.end(identity.session);
        registry.audit.record({
          actor: actorOf(identity),
          address: addressOf(request),
          action: 'session.end',
          outcome: 'ok',
        });
      }
      return reply.clearCookie(SESSION_COOKIE, { path: '/' }).code(204).send(null);
    },
  });
}

/** The cookie ends with the browser: a school's computer has many users. */
function setCookie(request: FastifyRequest, reply: FastifyReply, secret: string): void {
  reply.setCookie(SESSION_COOKIE, secret, {
    path: '/',
    httpOnly: true,
    sameSite: 'strict',
    secure: request.protocol === 'https',
  });
}
