import { Type } from 'typebox';
import { CampusError } from '../../../contract/errors.ts';
import { actorOf } from '../../access/identity.ts';
import type { Token } from '../../registry/tokens.ts';
import type { Api } from '../api.ts';
import { addressOf, identityOf } from '../authentication.ts';
import type { HttpDeps } from '../deps.ts';
import { Name, Nothing, Role } from '../schemas.ts';

const TokenView = Type.Object({
  id: Type.String(),
  name: Type.String(),
  role: Role,
  created_at: Type.Integer(),
  created_by: Type.String(),
  last_used_at: Type.Optional(Type.Integer()),
  expires_at: Type.Optional(
    Type.Integer({ description: 'of a token that the command line made for one call of its own' }),
  ),
});

/** `/tokens`: programs that may use this API. */
export function addTokens(app: Api, { registry, now }: Pick<HttpDeps, 'registry' | 'now'>): void {
  const { tokens, audit } = registry;

  app.route({
    method: 'GET',
    url: '/tokens',
    config: { role: 'admin' },
    schema: {
      summary: 'Tokens, without their secrets',
      response: { 200: Type.Object({ tokens: Type.Array(TokenView) }) },
    },
    handler: () => ({ tokens: tokens.list().map(tokenView) }),
  });

  app.route({
    method: 'POST',
    url: '/tokens',
    config: { role: 'admin' },
    schema: {
      summary: 'Make a token; the answer shows it this once',
      body: Type.Object({ name: Name, role: Role }, { additionalProperties: false }),
      response: { 201: Type.Object({ ...TokenView.properties, token: Type.String() }) },
    },
    handler: async (request, reply) => {
      const { name, role } = request.body;
      const actor = actorOf(identityOf(request));
      const token = tokens.add({ name, role, createdBy: actor, now: now() });
      if (token === undefined)
        throw new CampusError('already_exists', `expected a new token name, got ${name}, which is taken`);
      const detail = `name ${name}, role ${role}`;
      audit.record({
        actor,
        address: addressOf(request),
        action: 'token.create',
        target: token.id,
        outcome: 'ok',
        detail,
      });
      return reply.code(201).send({ ...tokenView(token), token: token.secret });
    },
  });

  app.route({
    method: 'DELETE',
    url: '/tokens/:id',
    config: { role: 'admin' },
    schema: {
      summary: 'Revoke a token',
      params: Type.Object({ id: Type.String({ pattern: '^[a-z0-9-]{1,64}$' }) }),
      response: { 204: Nothing },
    },
    handler: async (request, reply) => {
      const { id } = request.params;
      const token = tokens.get(id);
      if (token === undefined || !tokens.remove(id))
        throw new CampusError('not_found', `expected the id of a token, got ${id}`);
      const actor = actorOf(identityOf(request));
      const detail = `name ${token.name}, role ${token.role}`;
      audit.record({ actor, address: addressOf(request), action: 'token.revoke', target: id, outcome: 'ok', detail });
      return reply.code(204).send(null);
    },
  });
}

function tokenView({ id, name, role, createdAt, createdBy, usedAt, expiresAt }: Token) {
  return {
    ...{ id, name, role, created_at: createdAt, created_by: createdBy },
    ...(usedAt === undefined ? {} : { last_used_at: usedAt }),
    ...(expiresAt === undefined ? {} : { expires_at: expiresAt }),
  };
}
