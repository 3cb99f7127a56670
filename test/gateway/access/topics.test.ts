import { describe, expect, test } from 'vitest';
import type { Principal } from '../../../gateway/access/principal.ts';
import { mayPublish, maySubscribe } from '../../../gateway/access/topics.ts';

const device: Principal = { kind: 'device', site: 'school', device: 'room-1' };
const flows: Principal = { kind: 'flows', site: 'school' };

const outcome = (decision: ReturnType<typeof mayPublish>): string => (decision === true ? 'allowed' : decision.code);

describe('publishing', () => {
  test.each([
    ['campus/v1/school/room-1/telemetry', 'allowed', 'topic_forbidden'],
    ['campus/v1/school/room-1/state', 'allowed', 'topic_forbidden'],
    ['campus/v1/school/room-1/inventory', 'allowed', 'topic_forbidden'],
    ['campus/v1/school/room-1/event', 'allowed', 'topic_forbidden'],
    ['campus/v1/school/room-1/reply', 'allowed', 'topic_forbidden'],
    ['campus/v1/school/room-1/command', 'topic_forbidden', 'topic_forbidden'],
    ['campus/v1/school/room-2/telemetry', 'topic_forbidden', 'topic_forbidden'],
    ['campus/v1/annex/room-1/telemetry', 'topic_forbidden', 'topic_forbidden'],
    ['campus/v1/school/alerts/01jd', 'topic_forbidden', 'topic_forbidden'],
    ['campus/v1/school/flows/alert', 'topic_forbidden', 'allowed'],
    ['campus/v1/annex/flows/alert', 'topic_forbidden', 'topic_forbidden'],
    ['$SYS/broker/uptime', 'topic_forbidden', 'topic_forbidden'],
    ['$share/group/campus/v1/school/room-1/telemetry', 'topic_forbidden', 'topic_forbidden'],
    ['campus/v1/school/room-1/unknown', 'topic_invalid', 'topic_invalid'],
    ['campus/v1/school/room-1/telemetry/more', 'topic_invalid', 'topic_invalid'],
    ['campus/v2/school/room-1/telemetry', 'topic_invalid', 'topic_invalid'],
    ['campus/v1/school/../telemetry', 'topic_invalid', 'topic_invalid'],
    ['campus/v1/school/+/telemetry', 'topic_invalid', 'topic_invalid'],
    ['campus/v1/school/room-1/#', 'topic_invalid', 'topic_invalid'],
    ['campus/v1/School/room-1/telemetry', 'topic_invalid', 'topic_invalid'],
    ['/campus/v1/school/room-1/telemetry', 'topic_invalid', 'topic_invalid'],
    ['', 'topic_invalid', 'topic_invalid'],
  ])('%j: device %s, flows %s', (topic, forDevice, forFlows) => {
    expect([outcome(mayPublish(device, topic)), outcome(mayPublish(flows, topic))]).toEqual([forDevice, forFlows]);
  });

  test('the refusal names what was expected and a bounded piece of what came', () => {
    const refusal = mayPublish(device, `$SYS/${'x'.repeat(60_000)}`);
    expect(refusal).toMatchObject({ detail: expect.stringContaining('$SYS/xxx') });
    expect(JSON.stringify(refusal).length).toBeLessThan(400);
  });
});

describe('subscribing', () => {
  test.each([
    ['campus/v1/school/room-1/command', true, false],
    ['campus/v1/school/room-2/command', false, false],
    ['campus/v1/school/+/command', false, false],
    ['campus/v1/school/room-1/telemetry', false, false],
    ['campus/v1/school/room-1/+', false, false],
    ['campus/v1/school/room-1/#', false, false],
    ['campus/v1/school/+/telemetry', false, true],
    ['campus/v1/school/+/state', false, true],
    ['campus/v1/school/+/event', false, true],
    ['campus/v1/school/+/inventory', false, false],
    ['campus/v1/school/+/reply', false, false],
    ['campus/v1/school/alerts/+', false, true],
    ['campus/v1/school/alerts/#', false, false],
    ['campus/v1/annex/+/telemetry', false, false],
    ['campus/v1/+/+/telemetry', false, false],
    ['campus/v1/school/flows/alert', false, false],
    ['#', false, false],
    ['+/+/+/+/+', false, false],
    ['$SYS/#', false, false],
    ['$share/x/campus/v1/school/+/telemetry', false, false],
    ['', false, false],
  ])('%j: device %s, flows %s', (filter, forDevice, forFlows) => {
    expect([maySubscribe(device, filter) === true, maySubscribe(flows, filter) === true]).toEqual([
      forDevice,
      forFlows,
    ]);
  });

  test('a refused filter is forbidden', () => {
    expect(maySubscribe(device, '#')).toMatchObject({ code: 'topic_forbidden' });
  });
});
