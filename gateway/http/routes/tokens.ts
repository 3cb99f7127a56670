import { Type } from '#typebox';
import { CampusError } from '../../../contract/errors.ts';
import { actorOf } from '../../access/identity.ts';
import { scopesCover, tokenScopes } from '../../access/token-scopes.ts';
import { maskActor } from '../../privacy/masked-names.ts';
import { TOKEN_LIFE_DEFAULT_MS, TOKEN_LIFE_MAX_MS, type Token, tokenDetail } from '../../registry/tokens.ts';
import type { Api } from '../api.ts';
import { addressOf, identityOf } from '../authentication.ts';
import type { HttpDeps } from '../deps.ts';
import { Name, Nothing, Role } from '../schemas.ts';

const Scopes = Type.Array(Type.Enum([...tokenScopes]), {
  maxItems: tokenScopes.length,
  uniqueItems: true,
  description: 'what it may, and nothing beside; none leaves it as wide as its role',
});
const DAY_MS = 24 * 3600 * 1000;

const TokenView = Type.Object({
  id: Type.String(),
  name: Type.String(),
  role: Role,
  created_at: Type.Integer(),
  created_by: Type.String({ description: 'people are masked' }),
  last_used_at: Type.Optional(Type.Integer()),
  expires_at: Type.Optional(Type.Integer({ description: 'absent for a token that was made before every token ended' })),
  scopes: Scopes,
  stands_in: Type.Boolean({ description: 'the command line made it for one call of its own' }),
});

/** `/tokens`: programs that may use this API. */
export function addTokens(app: Api, { registry, now }: Pick<HttpDeps, 'registry' | 'now'>): void {
  const { tokens, audit } = registry;

  app.route({
    method: 'GET',
    url: '/tokens',
    config: { role: 'admin', scope: 'accounts' },
    schema: {
      summary: 'Tokens, without their secrets',
      response: { 200: Type.Object({ tokens: Type.Array(TokenView) }) },
    },
    handler: () => ({ tokens: tokens.list().map(tokenView) }),
  });

  app.route({
    method: 'POST',
    url: '/tokens',
    config: { role: 'admin', scope: 'accounts' },
    schema: {
      summary: 'Make a token; the answer shows it this once',
      body: Type.Object(
        {
          ...{ name: Name, role: Role },
          scopes: Type.Optional(Scopes),
          days: Type.Optional(
            Type.Integer({
              minimum: 1,
              maximum: TOKEN_LIFE_MAX_MS / DAY_MS,
              description: `how long it holds, ${TOKEN_LIFE_DEFAULT_MS / DAY_MS} unless told`,
            }),
          ),
        },
        { additionalProperties: false },
      ),
      response: { 201: Type.Object({ ...TokenView.properties, token: Type.String() }) },
    },
    handler: async (request, reply) => {
      const { name, role, scopes = [], days = TOKEN_LIFE_DEFAULT_MS / DAY_MS } = request.body;
      const identity = identityOf(request);
      const actor = actorOf(identity);
      // Only administrators come so far, and no role is wider than theirs.
      const own = identity.kind === 'token' ? identity.scopes : [];
      if (!scopesCover(own, scopes)) {
        const row = { actor, address: addressOf(request), action: 'token.create', outcome: 'refused' } as const;
        audit.record({ ...row, detail: `forbidden: wider than its maker, scopes ${scopes.join(' ') || 'none'}` });
        const expected = `expected one or more of ${own.join(', ')}`;
        throw new CampusError('forbidden', `scopes: ${expected}, for no token makes one that may more than itself`);
      }
      const expiresAt = now() + days * DAY_MS;
      const token = tokens.add({ name, role, scopes, createdBy: actor, now: now(), expiresAt });
      if (token === undefined)
        throw new CampusError('already_exists', `expected a new token name, got ${name}, which is taken`);
      const detail = tokenDetail(token);
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
    config: { role: 'admin', scope: 'accounts' },
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
      const detail = tokenDetail(token);
      audit.record({ actor, address: addressOf(request), action: 'token.revoke', target: id, outcome: 'ok', detail });
      return reply.code(204).send(null);
    },
  });
}

function tokenView({ id, name, role, createdAt, createdBy, usedAt, expiresAt, scopes, standsIn }: Token) {
  return {
    ...{
      id,
      name,
      role,
      created_at: createdAt,
      created_by: maskActor(createdBy),
      scopes: [...scopes],
      stands_in: standsIn,
    },
    ...(usedAt === undefined ? {} : { last_used_at: usedAt }),
    ...(expiresAt === undefined ? {} : { expires_at: expiresAt }),
  };
}
