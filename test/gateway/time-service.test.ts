import { describe, expect, test } from 'vitest';
import { Check } from '#typebox/value';
import { TimeCommand } from '../../contract/command.ts';
import { TimeService } from '../../gateway/time-service.ts';
import { recordingLog } from '../agent/recording-log.ts';

function makeService({ wall = Date.UTC(2026, 10, 24) } = {}) {
  const clock = { wall, monotonic: 1000 };
  const told: { topic: string; command: unknown; retain: boolean }[] = [];
  const { log, lines } = recordingLog();
  const service = new TimeService({
    publish: (topic, payload, { retain }) => void told.push({ topic, command: JSON.parse(String(payload)), retain }),
    now: () => clock.wall,
    monotonicMs: () => clock.monotonic,
    log,
  });
  const pass = (ms: number, step = 0): void => {
    clock.monotonic += ms;
    clock.wall += ms + step;
  };
  return { service, told, lines, clock, pass };
}

const topic = 'campus/v1/school/room-1/command';

describe('the time that devices are told', () => {
  test("is the gateway's, when a device subscribes to its commands", () => {
    const { service, told, clock } = makeService();
    service.subscribed('school', 'room-1', 'campus/v1/school/room-1/other');
    service.subscribed('school', 'room-1', topic);
    expect(told).toEqual([{ topic, command: { command: 'time', time: clock.wall }, retain: false }]);
    expect(Check(TimeCommand, told[0]?.command)).toBe(true);
  });

  test('is told again at each question, but not to one that asks without end', () => {
    const { service, told, pass } = makeService();
    for (let asked = 0; asked < 50; asked++) service.subscribed('school', 'room-1', topic);
    service.subscribed('school', 'room-2', 'campus/v1/school/room-2/command');
    pass(200);
    service.subscribed('school', 'room-1', topic);
    expect(told.map((one) => one.topic)).toEqual([topic, 'campus/v1/school/room-2/command', topic]);
  });

  test('is news to everybody when the clock of the gateway is set, and only then', () => {
    const { service, told, pass, clock } = makeService();
    service.subscribed('school', 'room-1', topic);
    pass(1000);
    service.look();
    pass(1000, 500);
    service.look();
    expect(told).toHaveLength(1);
    pass(1000, -86_400_000);
    service.look();
    service.look();
    expect(told.slice(1)).toEqual([{ topic, command: { command: 'time', time: clock.wall }, retain: false }]);
    // An agent that hears of it asks at once, to measure the way.
    service.subscribed('school', 'room-1', topic);
    expect(told).toHaveLength(3);
  });

  test('is not told by a gateway that is in 1970, which says so once, until its clock is set', () => {
    const { service, told, lines, pass, clock } = makeService({ wall: 5000 });
    service.subscribed('school', 'room-1', topic);
    pass(1000);
    service.subscribed('school', 'room-1', topic);
    expect(told).toEqual([]);
    expect(lines.map(({ msg }) => msg)).toEqual([
      'the clock of this machine shows 1970-01-01T00:00:05.000Z: it has not been set, devices keep their samples',
    ]);
    pass(1000, Date.UTC(2026, 10, 24));
    service.look();
    expect(told).toMatchObject([{ topic, command: { time: clock.wall } }]);
  });
});
