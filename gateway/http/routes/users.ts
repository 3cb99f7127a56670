import type { FastifyRequest } from 'fastify';
import { Type } from '#typebox';
import { actorOf } from '../../access/identity.ts';
import { PASSWORD_MAX, PASSWORD_MIN } from '../../access/people.ts';
import type { User } from '../../registry/users.ts';
import type { Api } from '../api.ts';
import { addressOf, identityOf } from '../authentication.ts';
import type { HttpDeps } from '../deps.ts';
import { Name, Nothing, Role } from '../schemas.ts';

const UserView = Type.Object({
  name: Type.String(),
  role: Role,
  created_at: Type.Integer(),
  password_changed_at: Type.Integer(),
});
const Password = Type.String({ minLength: PASSWORD_MIN, maxLength: PASSWORD_MAX });
const NameParams = Type.Object({ name: Name });

/** `/users`: people who may sign in. */
export function addUsers(app: Api, { registry, access }: Pick<HttpDeps, 'registry' | 'access'>): void {
  const { people } = access;
  const record = (request: FastifyRequest, action: string, target: string, detail = ''): void => {
    const actor = actorOf(identityOf(request));
    registry.audit.record({ actor, address: addressOf(request), action, target, outcome: 'ok', detail });
  };

  app.route({
    method: 'GET',
    url: '/users',
    config: { role: 'admin', scope: 'accounts' },
    schema: { summary: 'People who may sign in', response: { 200: Type.Object({ users: Type.Array(UserView) }) } },
    handler: () => ({ users: registry.users.list().map(userView) }),
  });

  app.route({
    method: 'POST',
    url: '/users',
    // A person has no scopes: by one that it made, or whose password it set, a token would be wider than it is.
    config: { role: 'admin', scope: 'none' },
    schema: {
      summary: 'Add a user',
      body: Type.Object({ name: Name, role: Role, password: Password }, { additionalProperties: false }),
      response: { 201: Type.Object({ name: Type.String(), role: Role }) },
    },
    handler: async (request, reply) => {
      const { name, role, password } = request.body;
      await people.add({ name, role, password });
      record(request, 'user.add', name, `role ${role}`);
      return reply.code(201).send({ name, role });
    },
  });

  app.route({
    method: 'PUT',
    url: '/users/:name/password',
    config: { role: 'admin', scope: 'none' },
    schema: {
      summary: "Set a user's password, which ends that user's sessions",
      params: NameParams,
      body: Type.Object({ password: Password }, { additionalProperties: false }),
      response: { 204: Nothing },
    },
    handler: async (request, reply) => {
      await people.setPassword(request.params.name, request.body.password);
      record(request, 'user.password', request.params.name);
      return reply.code(204).send(null);
    },
  });

  app.route({
    method: 'DELETE',
    url: '/users/:name',
    config: { role: 'admin', scope: 'accounts' },
    schema: { summary: 'Remove a user, but not the last admin', params: NameParams, response: { 204: Nothing } },
    handler: async (request, reply) => {
      people.remove(request.params.name);
      record(request, 'user.remove', request.params.name);
      return reply.code(204).send(null);
    },
  });
}

function userView({ name, role, createdAt, changedAt }: User) {
  return { name, role, created_at: createdAt, password_changed_at: changedAt };
}
