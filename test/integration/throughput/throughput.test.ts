import { describe, expect, test } from 'vitest';
import { isThroughputResult } from '../../../contract/reply.ts';
import type { ThroughputLeg } from '../../../contract/throughput.ts';
import type { CommandView } from '../../../gateway/http/command-view.ts';
import { isRoot } from '../../support/root.ts';
import { until } from '../../support/until.ts';
import { School } from './school.ts';

const small = 'gateway: { throughput: { bytes: 5000000, seconds: 4 } }';

/** What a measurement has found. */
function legsOf({ result }: CommandView): readonly ThroughputLeg[] {
  return result !== undefined && isThroughputResult(result) ? result.legs : [];
}

/** The throughput of a leg, Mbit/s. */
function mbit(legs: readonly ThroughputLeg[], family: string, direction: string): number {
  const leg = legs.find((one) => one.family === family && one.direction === direction);
  if (leg?.bits_per_second === undefined)
    throw new Error(`no figure of ${family} ${direction}: ${JSON.stringify(legs)}`);
  return leg.bits_per_second / 1e6;
}

describe.skipIf(!isRoot)('the throughput of a room', { timeout: 400_000 }, () => {
  test('is what its link carries, up and down, by IPv4 and IPv6, and nothing listens before and after', async () => {
    const school = await School.start(small);
    const rates = { up: 20, down: 40 };
    await school.addRoom('room-1', rates);
    expect(school.listensForIperf3).toBe(false);
    const asked = school.measure('room-1');
    expect(asked).toMatchObject({ status: 202, body: { state: expect.stringMatching(/waiting|sent/) } });
    await until('it runs', () => (school.status(asked.body).progress ?? 0) > 0.1, { timeoutMs: 30_000 });
    expect(school.measure('room-1')).toMatchObject({ status: 409, body: { code: 'command_busy' } });
    const ended = await school.ended(asked.body);
    expect(ended).toMatchObject({ state: 'done', result: { target: 'gateway' }, origin: 'person' });
    for (const family of ['ipv4', 'ipv6']) {
      for (const direction of ['up', 'down'] as const) {
        const figure = mbit(legsOf(ended), family, direction);
        const what = `${family} ${direction}: ${figure}`;
        // Headers take some 5 %, and the burst of the shaper gives some.
        expect(figure, what).toBeGreaterThan(rates[direction] * 0.8);
        expect(figure, what).toBeLessThan(rates[direction] * 1.15);
      }
    }
    await until('nothing listens any more', () => !school.listensForIperf3);
    const points = await until('the points are there', () => {
      const { body } = school.get('latest?measurement=throughput&device=room-1');
      const found = (body as { points: { tags: object; fields: object }[] }).points;
      return found.length === 4 ? found : undefined;
    });
    expect(points[0]).toMatchObject({ tags: { target: 'gateway' }, fields: { bits_per_second: expect.any(Number) } });
  });

  test('ends at its time where the link is too slow for its bytes, in both directions', async () => {
    const school = await School.start('gateway: { throughput: { bytes: 100000000, seconds: 4 } }');
    await school.addRoom('room-1', { up: 10, down: 10 });
    const began = performance.now();
    const legs = legsOf(await school.ended(school.measure('room-1', { families: ['ipv4'] }).body));
    expect(performance.now() - began).toBeLessThan(40_000);
    expect(legs).toHaveLength(2);
    // The command line does the same, and prints what came of it.
    const printed = JSON.parse(
      school.command('throughput', 'room-1', '--family', 'ipv6', '--direction', 'down', '--json'),
    ) as CommandView;
    expect(printed).toMatchObject({ state: 'done', result: { legs: [{ family: 'ipv6', direction: 'down' }] } });
    for (const { bits_per_second, seconds, bytes } of legs) {
      expect(bits_per_second).toBeGreaterThan(7e6);
      expect(bits_per_second).toBeLessThan(13e6);
      expect(seconds).toBeLessThan(6);
      expect(bytes).toBeLessThan(8e6);
    }
  });

  test('is measured in one room at a time', async () => {
    const school = await School.start('gateway: { throughput: { bytes: 2000000, seconds: 3 } }');
    const rooms = await Promise.all(['room-1', 'room-2'].map((device) => school.addRoom(device, { up: 20, down: 20 })));
    const asked = rooms.map(({ device }) => school.measure(device, { families: ['ipv4'] }).body);
    const [first, second] = await Promise.all(asked.map((command) => school.ended(command)));
    expect([first?.state, second?.state]).toEqual(['done', 'done']);
    expect(second?.started_at).toBeGreaterThanOrEqual(first?.ended_at ?? Number.POSITIVE_INFINITY);
  });
});
