import { Type } from '#typebox';
import { formatCaFingerprint } from '../../../contract/ca-fingerprint.ts';
import { Id } from '../../../contract/ids.ts';
import { JoinAnnouncement, JoinInquiry, JoinRequestState } from '../../../contract/join-request.ts';
import { actorOf } from '../../access/identity.ts';
import type { WaitingDevice } from '../../join/approval-queue.ts';
import type { Api } from '../api.ts';
import { addressOf, identityOf } from '../authentication.ts';
import type { HttpDeps } from '../deps.ts';
import { Nothing } from '../schemas.ts';

const JoinRequestView = Type.Object({
  id: Type.String(),
  device: Type.String({ description: 'what it wishes to be called' }),
  name_taken: Type.Boolean({ description: 'a device of that name has joined: it needs another' }),
  code: Type.String({ description: 'to be compared with what the device shows' }),
  address: Type.String(),
  created_at: Type.Integer(),
  expires_at: Type.Integer(),
});

const params = Type.Object({ id: Type.String({ pattern: '^[a-z0-9-]{1,64}$' }) });

/** `/join/requests`: devices without a token ask to be let in. Public, for who asks has nothing to show but the secret of its own request. */
export function addJoinAnnouncements(app: Api, { approvals }: Pick<HttpDeps, 'approvals'>): void {
  app.route({
    method: 'POST',
    url: '/join/requests',
    config: { role: 'public', rate: 'announce' },
    schema: {
      summary: 'A device without a token asks to be let in',
      body: JoinAnnouncement,
      response: { 202: JoinRequestState },
    },
    handler: async (request, reply) => reply.code(202).send(approvals.announce(request.body, addressOf(request))),
  });

  app.route({
    method: 'POST',
    url: '/join/requests/state',
    config: { role: 'public', rate: 'inquire' },
    schema: {
      summary: 'A device asks what has become of its request; once approved, the answer has its certificate',
      body: JoinInquiry,
      response: { 200: JoinRequestState },
    },
    handler: (request) => approvals.inquire(request.body, addressOf(request)),
  });
}

/** `/join-requests`: what an administrator decides. */
export function addJoinRequests(app: Api, { approvals, joining }: Pick<HttpDeps, 'approvals' | 'joining'>): void {
  app.route({
    method: 'GET',
    url: '/join-requests',
    config: { role: 'admin' },
    schema: {
      summary: 'Devices that wait to be let in, the oldest first',
      response: {
        200: Type.Object({
          enabled: Type.Boolean({ description: 'gateway.join.requests' }),
          join_requests: Type.Array(JoinRequestView),
          ca_fingerprint: Type.String({ description: 'what a device has to know to ask' }),
          gateway: Type.Optional(Type.String({ description: 'where machines join; absent where they cannot' })),
        }),
      },
    },
    handler: () => ({
      enabled: approvals.enabled,
      join_requests: approvals.waiting().map(view),
      ca_fingerprint: formatCaFingerprint(joining.authority.fingerprint),
      ...(joining.url === undefined ? {} : { gateway: joining.url }),
    }),
  });

  app.route({
    method: 'POST',
    url: '/join-requests/:id/approve',
    config: { role: 'admin' },
    schema: {
      summary: 'Let a device in whose code you have compared; under the name that it wishes unless told',
      params,
      body: Type.Object({ device: Type.Optional(Id) }, { additionalProperties: false }),
      response: { 200: Type.Object({ site: Id, device: Id }) },
    },
    handler: (request) => {
      const decider = { actor: actorOf(identityOf(request)), address: addressOf(request) };
      return approvals.approve(request.params.id, request.body.device, decider);
    },
  });

  app.route({
    method: 'POST',
    url: '/join-requests/:id/reject',
    config: { role: 'admin' },
    schema: { summary: 'Turn a device away', params, response: { 204: Nothing } },
    handler: async (request, reply) => {
      approvals.reject(request.params.id, { actor: actorOf(identityOf(request)), address: addressOf(request) });
      return reply.code(204).send(null);
    },
  });
}

function view({ id, device, nameTaken, code, address, createdAt, expiresAt }: WaitingDevice) {
  return { id, device, name_taken: nameTaken, code, address, created_at: createdAt, expires_at: expiresAt };
}
