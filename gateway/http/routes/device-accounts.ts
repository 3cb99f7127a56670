import { Type } from '#typebox';
import { Id } from '../../../contract/ids.ts';
import { channelTopic } from '../../../contract/topics.ts';
import { actorOf } from '../../access/identity.ts';
import type { Api } from '../api.ts';
import { addressOf, identityOf } from '../authentication.ts';
import type { HttpDeps } from '../deps.ts';
import { publishDevice } from '../live-sources.ts';
import { Nothing } from '../schemas.ts';

const AccountView = Type.Object({
  site: Id,
  username: Type.String(),
  password: Type.String(),
  topic: Type.String({ description: 'where its telemetry goes' }),
  network: Type.Optional(
    Type.Object(
      { host: Type.String(), port: Type.Integer(), ca: Type.String({ description: 'the authority to trust, PEM' }) },
      { description: 'how other machines find the broker by TLS; absent where they cannot' },
    ),
  ),
});

/** `/device-accounts`: gives simple devices a user name and a password, and takes any device's account away. */
export function addDeviceAccounts(
  app: Api,
  {
    registry,
    access,
    about,
    network,
    alerts,
    live,
  }: Pick<HttpDeps, 'registry' | 'access' | 'about' | 'network' | 'alerts' | 'live'>,
): void {
  const { audit } = registry;
  const { site } = about;

  app.route({
    method: 'POST',
    url: '/device-accounts',
    config: { role: 'admin' },
    schema: {
      summary: 'Give a device an account, or a new password; the answer shows it this once',
      body: Type.Object({ device: Id, rotate: Type.Optional(Type.Boolean()) }, { additionalProperties: false }),
      response: { 201: AccountView },
    },
    handler: async (request, reply) => {
      const { device, rotate = false } = request.body;
      const account = await access.accounts.addDevice({ site, device, rotate });
      audit.record({
        ...{ actor: actorOf(identityOf(request)), address: addressOf(request), target: account.username },
        ...{ action: rotate ? 'device.rotate' : 'device.add', outcome: 'ok' },
      });
      const reachable = network();
      const answer = { ...account, topic: channelTopic(site, device, 'telemetry') };
      return reply.code(201).send({ ...answer, ...(reachable === undefined ? {} : { network: reachable }) });
    },
  });

  app.route({
    method: 'DELETE',
    url: '/device-accounts/:id',
    config: { role: 'admin' },
    schema: {
      summary: 'Revoke a device: its connection ends within a second, and no password or certificate of it holds',
      params: Type.Object({ id: Id }),
      response: { 204: Nothing },
    },
    handler: async (request, reply) => {
      const { id: device } = request.params;
      access.accounts.revokeDevice({ site, device });
      audit.record({
        ...{ actor: actorOf(identityOf(request)), address: addressOf(request), target: `${site}/${device}` },
        ...{ action: 'device.revoke', outcome: 'ok' },
      });
      publishDevice({ registry, alerts, live }, { site, id: device });
      return reply.code(204).send(null);
    },
  });
}
