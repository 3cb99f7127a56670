import type { PublishPacket } from 'aedes';
import type { ErrorCode } from '../../contract/errors.ts';
import type { Principal } from '../access/principal.ts';
import { mayPublish } from '../access/topics.ts';

/**
 * Why a message is refused before it is looked into; undefined when it is not.
 * @param isWill a will comes once, whatever its QoS
 */
export function publishRefusal(
  principal: Principal,
  { topic, qos }: PublishPacket,
  isWill: boolean,
): { code: ErrorCode; detail: string } | undefined {
  const allowed = mayPublish(principal, topic);
  if (allowed !== true) return allowed;
  // Aedes tells repeated QoS 2 messages apart only after this, so they would be stored twice.
  if (qos !== 2 || isWill) return undefined;
  return {
    code: 'qos_not_supported',
    detail: 'expected QoS 0 or 1, got 2: `boot` and `seq` make a message count once',
  };
}
