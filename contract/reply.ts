import { type Static, Type } from 'typebox';
import { CommandId } from './command.ts';
import { type ErrorCode, errorCodes } from './errors.ts';
import { ThroughputResult } from './throughput.ts';

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
  /** Of `running`, what is known so far. */
  result: Type.Optional(ThroughputResult),
  code: Type.Optional(Type.Enum(Object.keys(errorCodes) as ErrorCode[])),
  detail: Type.Optional(Type.String({ maxLength: 500 })),
});
export type Reply = Static<typeof Reply>;
