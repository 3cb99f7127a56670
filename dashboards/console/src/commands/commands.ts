import type { Command } from '../api/schema.ts';

/** A command that is over is one of history; any other is under way. */
export function isOver({ state }: Pick<Command, 'state'>): boolean {
  return state === 'done' || state === 'failed';
}

/** Puts a command that the stream tells of in its place among those that are known, newest first. */
export function withCommand(known: readonly Command[], command: Command): Command[] {
  const index = known.findIndex(({ id }) => id === command.id);
  return index < 0 ? [command, ...known] : known.with(index, command);
}
