import { Type } from '#typebox';
import { CampusError } from '../../../contract/errors.ts';
import { Id } from '../../../contract/ids.ts';
import { actorOf } from '../../access/identity.ts';
import { joinTokenDetail, joinTokenLife, newJoinToken } from '../../join/new-join-token.ts';
import { maskActor } from '../../privacy/masked-names.ts';
import type { JoinToken } from '../../registry/join-tokens.ts';
import type { Api } from '../api.ts';
import { addressOf, identityOf } from '../authentication.ts';
import type { HttpDeps } from '../deps.ts';
import { Nothing } from '../schemas.ts';

const JoinTokenView = Type.Object({
  id: Type.String(),
  device: Type.Optional(Type.String({ description: 'the only device that may join with it' })),
  created_at: Type.Integer(),
  created_by: Type.String({ description: 'people are masked' }),
  expires_at: Type.Integer(),
  used_at: Type.Optional(Type.Integer()),
  used_by: Type.Optional(Type.String()),
});

/** `/join-tokens`: who may let devices in, and with what. */
export function addJoinTokens(
  app: Api,
  { registry, joining, now }: Pick<HttpDeps, 'registry' | 'joining' | 'now'>,
): void {
  const { joinTokens, audit } = registry;

  app.route({
    method: 'GET',
    url: '/join-tokens',
    config: { role: 'admin' },
    schema: {
      summary: 'Join tokens, without their secrets',
      response: { 200: Type.Object({ join_tokens: Type.Array(JoinTokenView) }) },
    },
    handler: () => ({ join_tokens: joinTokens.list().map(view) }),
  });

  app.route({
    method: 'POST',
    url: '/join-tokens',
    config: { role: 'admin' },
    schema: {
      summary: 'Make a token that lets one device in; the answer shows it this once',
      body: Type.Object(
        {
          device: Type.Optional(Id),
          ttl_seconds: Type.Optional(
            Type.Integer({
              minimum: joinTokenLife.leastMs / 1000,
              maximum: joinTokenLife.mostMs / 1000,
              description: `${joinTokenLife.defaultMs / 1000} unless told`,
            }),
          ),
        },
        { additionalProperties: false },
      ),
      response: {
        201: Type.Object({
          ...JoinTokenView.properties,
          token: Type.String(),
          gateway: Type.Optional(Type.String({ description: 'where machines join; absent where they cannot' })),
        }),
      },
    },
    handler: async (request, reply) => {
      const { device, ttl_seconds: seconds = joinTokenLife.defaultMs / 1000 } = request.body;
      const actor = actorOf(identityOf(request));
      const token = newJoinToken(joinTokens, {
        device,
        lifeMs: seconds * 1000,
        createdBy: actor,
        fingerprint: joining.authority.fingerprint,
        now: now(),
      });
      audit.record({
        ...{ actor, address: addressOf(request), action: 'join-token.create', target: token.id, outcome: 'ok' },
        detail: joinTokenDetail({ device, lifeMs: seconds * 1000 }),
      });
      return reply.code(201).send({
        ...view(token),
        token: token.text,
        ...(joining.url === undefined ? {} : { gateway: joining.url }),
      });
    },
  });

  app.route({
    method: 'DELETE',
    url: '/join-tokens/:id',
    config: { role: 'admin' },
    schema: {
      summary: 'Take an unused join token back',
      params: Type.Object({ id: Type.String({ pattern: '^[a-z0-9-]{1,64}$' }) }),
      response: { 204: Nothing },
    },
    handler: async (request, reply) => {
      const { id } = request.params;
      if (!joinTokens.remove(id))
        throw new CampusError('not_found', `expected the id of an unused join token, got ${id}`);
      const actor = actorOf(identityOf(request));
      audit.record({ actor, address: addressOf(request), action: 'join-token.revoke', target: id, outcome: 'ok' });
      return reply.code(204).send(null);
    },
  });
}

function view({ id, device, createdAt, createdBy, expiresAt, usedAt, usedBy }: JoinToken) {
  return {
    ...{ id, created_at: createdAt, created_by: maskActor(createdBy), expires_at: expiresAt },
    ...(device === undefined ? {} : { device }),
    ...(usedAt === undefined ? {} : { used_at: usedAt }),
    ...(usedBy === undefined ? {} : { used_by: usedBy }),
  };
}
