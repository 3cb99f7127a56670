import { pino } from 'pino';
import { describe, expect, it, test } from 'vitest';
import { parseNightWindow, windowMinutes, windowStart } from '../../../gateway/throughput/night-window.ts';
import { Nightly } from '../../../gateway/throughput/nightly.ts';
import { parseIperf3Server, type ThroughputConfig } from '../../../gateway/throughput/throughput-config.ts';
import { bringOnline, makeCommands } from '../commands/make-commands.ts';
import { Clock, temporaryRegistry } from '../registry/temporary-registry.ts';

const at = (day: number, hour: number, minute = 0): number => new Date(2026, 10, day, hour, minute).getTime();
const HOUR_MS = 3_600_000;

describe('a window of the night', () => {
  it('may go over midnight', () => {
    const window = parseNightWindow('22:00-05:00');
    if (window === undefined) throw new Error('expected a window');
    expect(windowMinutes(window)).toBe(420);
    expect(windowStart(window, at(3, 21, 59))).toBeUndefined();
    expect(windowStart(window, at(3, 22, 0))).toBe(at(3, 22));
    expect(windowStart(window, at(4, 4, 59))).toBe(at(3, 22));
    expect(windowStart(window, at(4, 5, 0))).toBeUndefined();
  });

  it.each(['22:00', '24:00-05:00', '22:00-22:00', '22:60-05:00', '2:00-5:00', 'night'])('is not %s', (text) => {
    expect(parseNightWindow(text)).toBeUndefined();
  });
});

test.each([
  ['iperf3://192.0.2.7', { host: '192.0.2.7', port: 5201 }],
  ['iperf3://speed.school.edu.cn:5300', { host: 'speed.school.edu.cn', port: 5300 }],
  ['iperf3://[2001:db8::7]:5300', { host: '2001:db8::7', port: 5300 }],
  ['iperf3://-bind', undefined],
  ['iperf3://host:0', undefined],
  ['iperf3://[192.0.2.7]', undefined],
  ['http://host', undefined],
])('a server is written %s', (text, server) => {
  expect(parseIperf3Server(text)).toEqual(server);
});

function night(schedule: ThroughputConfig['schedule']) {
  const { registry, clock } = temporaryRegistry(new Clock(at(3, 12)));
  const { commands, sent } = makeCommands(registry, clock);
  const config: ThroughputConfig = { enabled: true, bytes: 10_000_000, seconds: 5, schedule };
  const nightly = new Nightly({
    ...{ site: 'school', config, commands, table: registry.commands, devices: registry.devices },
    ...{ log: pino({ enabled: false }), now: clock.now },
  });
  /** Looks every minute until a time, and ends what was begun at once. */
  const lookUntil = async (until: number, bytes = 1_000_000): Promise<string[]> => {
    const asked: string[] = [];
    for (; clock.time < until; clock.pass(60_000)) {
      bringOnline(registry, clock, 'room-1', 'room-2', 'room-3');
      nightly.look();
      for (const { id, device } of ['room-1', 'room-2', 'room-3'].flatMap((room) =>
        commands.list({ site: 'school', device: room }, { limit: 1 }).map(({ status }) => status),
      )) {
        const status = commands.get({ site: 'school', device }, id);
        if (status?.state === 'done' || status?.state === 'failed') continue;
        await Promise.resolve();
        asked.push(device);
        const leg = { family: 'ipv4', direction: 'up', bytes } as const;
        commands.reply({ site: 'school', device }, { id, state: 'done', result: { target: 'gateway', legs: [leg] } });
      }
    }
    return asked;
  };
  return { lookUntil, sent, clock };
}

test('every device is measured once in a night, at a moment of its own, and not by day', async () => {
  const { lookUntil } = night({ window: '22:00-05:00', bytes_per_day: 1e9 });
  expect(await lookUntil(at(3, 22))).toEqual([]);
  const first = await lookUntil(at(4, 5));
  expect(first.toSorted()).toEqual(['room-1', 'room-2', 'room-3']);
  expect(await lookUntil(at(4, 22))).toEqual([]);
  // The same order, for each has the same moment.
  expect(await lookUntil(at(5, 5))).toEqual(first);
});

test('without a window nothing is measured, and who has carried its bytes is left out', async () => {
  expect(await night({ bytes_per_day: 1e9 }).lookUntil(at(4, 12))).toEqual([]);
  // Two windows within 24 hours: after 25 MB of 60 there is no room for 40 more.
  const { lookUntil } = night({ window: '13:00-12:00', bytes_per_day: 60_000_000 });
  expect(await lookUntil(at(4, 12), 25_000_000)).toHaveLength(3);
  expect(await lookUntil(at(4, 13) + HOUR_MS / 2, 25_000_000)).toEqual([]);
});
