import { type Static, Type } from '#typebox';
import { CommandId, type RequestedCommand } from './command.ts';
import { type ErrorCode, errorCodes } from './errors.ts';
import { RoomCheckProgress, RoomCheckReport } from './room-check.ts';
import { ThroughputResult } from './throughput.ts';

/** What comes of each command, and is known of it while it runs. */
export const commandResults = {
  throughput: ThroughputResult,
  check: Type.Union([RoomCheckReport, RoomCheckProgress]),
} as const satisfies Record<RequestedCommand, unknown>;

export const CommandResult = Type.Union([ThroughputResult, RoomCheckReport, RoomCheckProgress]);
export type CommandResult = Static<typeof CommandResult>;

/** Tells a measurement of throughput from the other results. */
export function isThroughputResult(result: CommandResult): result is ThroughputResult {
  return 'legs' in result;
}

/** Tells the whole report of a check from how far one is, and from the other results. */
export function isRoomCheckReport(result: CommandResult): result is RoomCheckReport {
  return 'families' in result;
}

/**
 * What a device answers on `…/reply`: that it has begun and how far it is, as often as it likes, and in the end once what came of it.
 *
 *   {"id":"01k…","state":"running","progress":0.25}
 *   {"id":"01k…","state":"done","result":{"target":"gateway","legs":[…]}}
 *   {"id":"01k…","state":"failed","code":"program_missing","detail":"iperf3 is not installed: apt install iperf3"}
 */
export const Reply = Type.Object({
  id: CommandId,
  state: Type.Enum(['running', 'done', 'failed']),
  /** 0 to 1. */
  progress: Type.Optional(Type.Number({ minimum: 0, maximum: 1 })),
  /** As the command has it; of `running`, what is known so far. */
  result: Type.Optional(CommandResult),
  code: Type.Optional(Type.Enum(Object.keys(errorCodes) as ErrorCode[])),
  detail: Type.Optional(Type.String({ maxLength: 500 })),
});
export type Reply = Static<typeof Reply>;
