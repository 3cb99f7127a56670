import type { CommandRecord } from '../registry/command-table.ts';

/** How long the gateway waits, ms. */
export const commandTimes = {
  /** An agent that is there says at once that it has begun. */
  answerMs: 15_000,
  /** For its turn: as many as may wait, each at its slowest. */
  turnMs: 30 * 60_000,
  /** Reports of how far it is that come faster than this are passed over. */
  progressMs: 200,
} as const;
export type CommandTimes = Readonly<Record<keyof typeof commandTimes, number>>;

/** A command as people see it: how far it is, 0 to 1, while it runs. */
export type CommandStatus = CommandRecord & { progress?: number };
export type CommandListener = (command: CommandStatus) => void;
