import { Type } from '#typebox';
import { CommandId } from '../../../contract/command.ts';
import { SelfCommandRequest, SelfInquiry } from '../../../contract/self-command.ts';
import type { Api } from '../api.ts';
import { addressOf } from '../authentication.ts';
import { CommandView, commandView } from '../command-view.ts';
import type { HttpDeps } from '../deps.ts';

/** `/self`: what a device may ask about itself. Public, for who asks is told by the signature in the request, and not by a session or a token. */
export function addSelfCommands(app: Api, { selfCommands }: Pick<HttpDeps, 'selfCommands'>): void {
  app.route({
    method: 'POST',
    url: '/self/commands',
    config: { role: 'public', rate: 'self' },
    schema: {
      summary: 'A device has itself measured, proved by its certificate and a signature of the moment',
      body: SelfCommandRequest,
      response: { 202: CommandView },
    },
    handler: async (request, reply) =>
      reply.code(202).send(commandView(selfCommands.ask(request.body, addressOf(request)))),
  });

  app.route({
    method: 'POST',
    url: '/self/commands/:command',
    config: { role: 'public', rate: 'self' },
    schema: {
      summary: 'A device asks how far its command is, or takes it back while it waits',
      params: Type.Object({ command: CommandId }),
      body: SelfInquiry,
      response: { 200: CommandView },
    },
    handler: (request) => commandView(selfCommands.inquire(request.body, request.params.command, addressOf(request))),
  });
}
