import { Compile } from '#typebox/compile';
import type { RequestedCommand } from '../../contract/command.ts';
import { type CommandResult, commandResults } from '../../contract/reply.ts';

const validators = { throughput: Compile(commandResults.throughput), check: Compile(commandResults.check) };

/** Whether this is what comes of this command: a reply names its command by the id alone. */
export function isResultOf(command: RequestedCommand, result: CommandResult): boolean {
  return validators[command].Check(result);
}
