import { Type } from '#typebox';
import { CommandId, requestedCommands } from '../../../contract/command.ts';
import { CampusError } from '../../../contract/errors.ts';
import { Id } from '../../../contract/ids.ts';
import { ThroughputChoice } from '../../../contract/throughput.ts';
import { actorOf } from '../../access/identity.ts';
import type { Api } from '../api.ts';
import { addressOf, identityOf } from '../authentication.ts';
import { CommandView, commandView } from '../command-view.ts';
import type { HttpDeps } from '../deps.ts';
import { nextOf, numberedPageQuery, numberOf, pageAnswer, readPage } from '../page.ts';

const params = Type.Object({ id: Id });
const site = Type.Optional(Id);
const kind = Type.Optional(Type.Enum([...requestedCommands], { description: 'of this command alone' }));
const closed = { additionalProperties: false } as const;
const RequestBody = Type.Union([
  Type.Object({ command: Type.Literal('throughput'), arguments: Type.Optional(ThroughputChoice) }, closed),
  Type.Object({ command: Type.Literal('check') }, closed),
]);

/** `/devices/{id}/commands`: has a device do something, and what came of it. */
export function addCommands(
  app: Api,
  { registry, commands, about }: Pick<HttpDeps, 'registry' | 'commands' | 'about'>,
): void {
  app.route({
    method: 'POST',
    url: '/devices/:id/commands',
    config: { role: 'operator', rate: 'costly' },
    schema: {
      summary: 'Have a device do something, at once or when its turn comes; `command` events tell how far it is',
      params,
      querystring: Type.Object({ site }, closed),
      body: RequestBody,
      response: { 202: CommandView },
    },
    handler: async (request, reply) => {
      const key = { site: request.query.site ?? about.site, device: request.params.id };
      const { command } = request.body;
      const choice = request.body.command === 'throughput' ? (request.body.arguments ?? {}) : {};
      const status = commands.request({ ...key, command, choice, origin: 'person' });
      registry.audit.record({
        ...{ actor: actorOf(identityOf(request)), address: addressOf(request), target: `${key.site}/${key.device}` },
        ...{ action: `device.command.${command}`, outcome: 'ok', detail: status.id },
      });
      return reply.code(202).send(commandView(status));
    },
  });

  app.route({
    method: 'GET',
    url: '/devices/:id/commands',
    config: { role: 'viewer', scope: 'devices' },
    schema: {
      summary: 'What a device was commanded and what came of it, newest first',
      params,
      querystring: Type.Object({ ...numberedPageQuery, site, command: kind }, closed),
      response: { 200: Type.Object({ commands: Type.Array(CommandView), ...pageAnswer }) },
    },
    handler: ({ params: { id }, query }) => {
      const key = { site: query.site ?? about.site, device: id };
      const page = readPage(
        query.limit,
        (limit) => commands.list(key, { before: numberOf(query.cursor), command: query.command, limit }),
        ({ seq }) => String(seq),
      );
      return { commands: page.rows.map(({ status }) => commandView(status)), ...nextOf(page) };
    },
  });

  app.route({
    method: 'GET',
    url: '/devices/:id/commands/:command',
    config: { role: 'viewer', scope: 'devices' },
    schema: {
      summary: 'One command, with how far it is',
      params: Type.Object({ id: Id, command: CommandId }),
      querystring: Type.Object({ site }, closed),
      response: { 200: CommandView },
    },
    handler: ({ params: { id, command }, query }) => {
      const status = commands.get({ site: query.site ?? about.site, device: id }, command);
      if (status === undefined)
        throw new CampusError('not_found', `expected the id of a command to ${id}, got another`);
      return commandView(status);
    },
  });
}
