import { CampusError } from '../../contract/errors.ts';
import { ROOM_CHECK_SECONDS } from '../../contract/room-check.ts';
import type { ThroughputGrant } from '../throughput/throughput-grant.ts';
import type { CommandKind } from './command-kind.ts';

/** To say the last word over a link that is slow or gone. */
const BEYOND_SECONDS = 40;

/**
 * Has a device check its room. The throughput is its last step, so that it shares the one turn with the measurements; where that cannot be granted,
 * the device is told why, and checks the rest.
 */
export function checkKind(throughput: ThroughputGrant): CommandKind {
  return {
    exclusive: true,
    check: () => undefined,
    prepare: async (key) => {
      try {
        throughput.check(key);
        const { arguments: granted, ...held } = await throughput.prepare({}, ROOM_CHECK_SECONDS);
        return { order: { command: 'check', arguments: { throughput: granted } }, ...held };
      } catch (error) {
        if (!(error instanceof CampusError)) throw error;
        return {
          order: { command: 'check', arguments: { throughput_refused: error.code } },
          runWithinMs: (ROOM_CHECK_SECONDS + BEYOND_SECONDS) * 1000,
          release: () => undefined,
        };
      }
    },
  };
}
