import { type Static, Type } from '#typebox';
import { CampusError } from '../../../contract/errors.ts';
import type { Access } from '../../access/access.ts';
import { actorOf } from '../../access/identity.ts';
import type { Api } from '../api.ts';
import { addressOf, identityOf } from '../authentication.ts';
import type { HttpDeps } from '../deps.ts';
import { Nothing } from '../schemas.ts';

const banKinds = ['mqtt-address', 'sign-in-address', 'sign-in-user'] as const;
const BanKind = Type.Enum([...banKinds], {
  description: 'failed log-ins by MQTT of an address; failed attempts to sign in of an address, or for a user',
});

const BanView = Type.Object({
  kind: BanKind,
  subject: Type.String({ description: 'an IPv4 address, an IPv6 /64, or the name of a user' }),
  failures: Type.Integer({ minimum: 1 }),
  since: Type.Integer(),
  until: Type.Integer(),
});
type BanView = Static<typeof BanView>;

/** `/bans`: whom too many failed log-ins keep waiting; in memory, so that they end with the gateway. */
export function addBans(app: Api, { registry, access }: Pick<HttpDeps, 'registry' | 'access'>): void {
  app.route({
    method: 'GET',
    url: '/bans',
    config: { role: 'admin', scope: 'accounts' },
    schema: {
      summary: 'Addresses and names that failed to log in too often, the newest first',
      response: { 200: Type.Object({ bans: Type.Array(BanView) }) },
    },
    handler: () => ({ bans: list(access) }),
  });

  app.route({
    method: 'DELETE',
    url: '/bans/:kind/:subject',
    config: { role: 'admin', scope: 'accounts' },
    schema: {
      summary: 'Lift a ban',
      params: Type.Object({ kind: BanKind, subject: Type.String({ minLength: 1, maxLength: 128 }) }),
      response: { 204: Nothing },
    },
    handler: async (request, reply) => {
      const { kind, subject } = request.params;
      if (!lift(access, kind, subject))
        throw new CampusError('not_found', `expected a ban that holds, got ${kind} ${JSON.stringify(subject)}`);
      const actor = actorOf(identityOf(request));
      // A name is kept where it can be erased.
      const target = kind === 'sign-in-user' ? `user:${subject}` : subject;
      const row = { actor, address: addressOf(request), action: 'ban.lift', target, detail: kind };
      registry.audit.record({ ...row, outcome: 'ok' });
      return reply.code(204).send(null);
    },
  });
}

function list({ bans, signIn }: Pick<Access, 'bans' | 'signIn'>): BanView[] {
  const mqtt = bans.list().map(({ address, ...ban }): BanView => ({ kind: 'mqtt-address', subject: address, ...ban }));
  const people = signIn
    .waits()
    .map(({ by, key, ...wait }): BanView => ({ kind: `sign-in-${by}`, subject: key, ...wait }));
  return [...mqtt, ...people].sort((a, b) => b.since - a.since);
}

function lift({ bans, signIn }: Pick<Access, 'bans' | 'signIn'>, kind: BanView['kind'], subject: string): boolean {
  if (kind === 'mqtt-address') return bans.lift(subject);
  return signIn.forgive(kind === 'sign-in-user' ? 'user' : 'address', subject);
}
