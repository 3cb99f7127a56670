import { expect, test } from 'vitest';
import { CampusError } from '../../../contract/errors.ts';
import { ROOM_CHECK_SECONDS } from '../../../contract/room-check.ts';
import { checkKind } from '../../../gateway/commands/check-kind.ts';
import type { ThroughputGrant } from '../../../gateway/throughput/throughput-grant.ts';
import { throughputGrant } from '../../../gateway/throughput/throughput-grant.ts';
import { throughputArguments } from './make-commands.ts';

const room = { site: 'school', device: 'room-1' };
const own = { site: 'school', device: 'gateway' };

test('the throughput is granted for the end of the check, with time for the steps before', async () => {
  const leads: (number | undefined)[] = [];
  let released = 0;
  const grant: ThroughputGrant = {
    check: () => undefined,
    prepare: async (_choice, leadSeconds) => {
      leads.push(leadSeconds);
      return { arguments: throughputArguments, runWithinMs: 200_000, release: () => (released += 1) };
    },
  };
  const { order, release } = await checkKind(grant).prepare(room, {});
  expect(order).toEqual({ command: 'check', arguments: { throughput: throughputArguments } });
  expect(leads).toEqual([ROOM_CHECK_SECONDS]);
  release();
  expect(released).toBe(1);
});

test("on the gateway's own machine the rest is checked, and the device is told why the throughput is not", async () => {
  const grant = throughputGrant({
    config: { enabled: true, bytes: 1_000_000, seconds: 5, schedule: { bytes_per_day: 1_000_000 } },
    ...{ tlsHost: 'all', port: 1, ownDevice: own, addresses: () => [] },
  });
  const kind = checkKind(grant);
  expect(() => kind.check(own)).not.toThrow();
  const { order, runWithinMs } = await kind.prepare(own, {});
  expect(order).toEqual({ command: 'check', arguments: { throughput_refused: 'same_machine' } });
  expect(runWithinMs).toBeGreaterThan(ROOM_CHECK_SECONDS * 1000);
});

test.each(['program_missing', 'port_taken'] as const)('a gateway with %s lets the rest be checked', async (code) => {
  const grant: ThroughputGrant = {
    check: () => undefined,
    prepare: () => Promise.reject(new CampusError(code, 'no server')),
  };
  expect((await checkKind(grant).prepare(room, {})).order.arguments).toEqual({ throughput_refused: code });
});
