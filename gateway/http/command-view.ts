import { type Static, Type } from '#typebox';
import { CommandId, requestedCommands } from '../../contract/command.ts';
import { type ErrorCode, errorCodes } from '../../contract/errors.ts';
import { Id } from '../../contract/ids.ts';
import { CommandResult } from '../../contract/reply.ts';
import type { CommandStatus } from '../commands/commands.ts';

/** A command as the API serves it. Times are ms since 1970. */
export const CommandView = Type.Object({
  id: CommandId,
  site: Id,
  device: Id,
  command: Type.Enum([...requestedCommands]),
  origin: Type.Enum(['person', 'device', 'schedule'], { description: 'who asked' }),
  state: Type.Enum(['waiting', 'sent', 'running', 'done', 'failed'], { description: 'done and failed are final' }),
  progress: Type.Optional(Type.Number({ minimum: 0, maximum: 1 })),
  created_at: Type.Integer(),
  started_at: Type.Optional(Type.Integer()),
  ended_at: Type.Optional(Type.Integer()),
  result: Type.Optional(CommandResult),
  code: Type.Optional(Type.Enum(Object.keys(errorCodes) as ErrorCode[], { description: 'why it failed' })),
  detail: Type.Optional(Type.String()),
});
export type CommandView = Static<typeof CommandView>;

export function commandView({ createdAt, startedAt, endedAt, ...status }: CommandStatus): CommandView {
  return {
    ...status,
    created_at: createdAt,
    ...(startedAt === undefined ? {} : { started_at: startedAt }),
    ...(endedAt === undefined ? {} : { ended_at: endedAt }),
  };
}
