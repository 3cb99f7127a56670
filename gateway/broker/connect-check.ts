import type { ErrorCode } from '../../contract/errors.ts';
import { brokerLimits } from './limits.ts';

/** MQTT 3.1.1 §3.2.2.3, return codes of CONNACK. */
export const connackCodes = { identifierRejected: 2, serverUnavailable: 3, badUserNameOrPassword: 4 } as const;

/** What CONNECT said before Aedes interprets it. */
export interface ConnectFacts {
  /** It has no client identifier, and wants its session kept. */
  emptyIdKept: boolean;
  clientId: string;
}

/** Why a CONNECT is refused whoever it is from; undefined when it is not. */
export function checkConnect({
  emptyIdKept,
  clientId,
}: ConnectFacts): { returnCode: number; code: ErrorCode; detail: string } | undefined {
  const refusal = { returnCode: connackCodes.identifierRejected, code: 'client_id_invalid' } as const;
  if (emptyIdKept) {
    return { ...refusal, detail: 'an empty client identifier needs a clean session (MQTT-3.1.3-8)' };
  }
  if (clientId.length > brokerLimits.clientIdChars) {
    return { ...refusal, detail: `expected at most ${brokerLimits.clientIdChars} characters` };
  }
  return undefined;
}
