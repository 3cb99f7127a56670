import { describe, expect, test } from 'vitest';
import { Compile } from '#typebox/compile';
import { isRoomCheckReport } from '../../../contract/reply.ts';
import { RoomCheckReport } from '../../../contract/room-check.ts';
import type { CommandView } from '../../../gateway/http/command-view.ts';
import { isRoot } from '../../support/root.ts';
import { until } from '../../support/until.ts';
import { startNameServer } from '../agent/name-servers.ts';
import { School } from './school.ts';

/** The link is made while the gateway runs, which looks up its own networks once a minute only. */
const config = `gateway:
  throughput: { bytes: 5000000, seconds: 4 }
  stamp: { sources: ["198.51.1.0/24", "2001:db8:1::/64"] }`;
/** What the path is like on a machine that does much else is not what is tested here. */
const slack = '{ delay_ms: 5000, jitter_ms: 5000, loss_percent: 50 }';
const asking = `agent:
  check: { good: ${slack}, fair: ${slack} }
  collectors: { resolver: { queries: [{ name: portal.school.example }] } }`;

function reportOf({ result, state, detail }: CommandView): RoomCheckReport {
  if (result === undefined || !isRoomCheckReport(result)) throw new Error(`no report: ${state} ${detail}`);
  return result;
}

describe.skipIf(!isRoot)('the check of a room, asked for at the gateway', { timeout: 400_000 }, () => {
  test('tells step by step how far it is, measures the throughput, and says whether a lesson can be held', async () => {
    const school = await School.start(config);
    await startNameServer(school.namespace, ['portal.school.example,198.51.1.1,2001:db8:1::1']);
    const room = await school.addRoom('room-1', { up: 20, down: 40 }, asking);
    room.namespace.ip('route', 'add', 'default', 'via', '198.51.1.1');
    room.namespace.ip('-6', 'route', 'add', 'default', 'via', '2001:db8:1::1');
    const asked = school.ask('room-1', { command: 'check' });
    expect(asked.status).toBe(202);
    const seen = new Set<string>();
    await until(
      'the check has come to the throughput',
      () => {
        const { result } = school.status(asked.body);
        if (result !== undefined && 'running' in result) seen.add(result.running);
        return seen.has('throughput');
      },
      { timeoutMs: 90_000, everyMs: 200 },
    );
    expect([...seen]).toContain('gateway');
    const ended = await school.ended(asked.body);
    const report = reportOf(ended);
    const states = Object.fromEntries(
      report.steps.map(({ step, family, state }) => [family === undefined ? step : `${step} ${family}`, state]),
    );
    const both = (step: string): Record<string, string> => ({ [`${step} ipv4`]: 'ok', [`${step} ipv6`]: 'ok' });
    expect(states).toEqual({
      ...{ link: 'ok', portal: 'skipped', 'gateway ipv4': 'ok', 'gateway ipv6': 'skipped' },
      ...both('address'),
      ...both('first-hop'),
      ...both('dns'),
      ...both('throughput'),
    });
    const throughput = report.steps.find(({ step, family }) => step === 'throughput' && family === 'ipv4');
    const down = throughput?.figures.find(({ name }) => name === 'down_mbit_per_second')?.value;
    expect(down).toBeGreaterThan(30);
    expect(down).toBeLessThan(46);
    expect(report).toMatchObject({ ready: 'yes', text: { en: 'yes', 'zh-CN': '是' } });
    // Nothing listens any more, and the measurement stands with the others.
    expect(school.listensForIperf3).toBe(false);
    await until('the points are there', () => {
      const { body } = school.get('latest?measurement=throughput&device=room-1');
      return (body as { points: object[] }).points.length === 4;
    });
    expect(school.get('devices/room-1/commands?command=check').body).toMatchObject({
      commands: [{ id: asked.body.id, state: 'done', result: { ready: 'yes' } }],
    });
    // At the terminal of the box a program reads the same.
    const printed = JSON.parse(room.command('check', '--json')) as RoomCheckReport;
    expect(Compile(RoomCheckReport).Check(printed)).toBe(true);
    expect(Object.keys(printed)).toEqual(Object.keys(report));
  });
});
