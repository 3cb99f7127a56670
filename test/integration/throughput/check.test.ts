import { describe, expect, test } from 'vitest';
import type { CommandView } from '../../../gateway/http/command-view.ts';
import { isRoot } from '../../support/root.ts';
import { until } from '../../support/until.ts';
import { Namespace } from '../agent/namespace.ts';
import { Lesson } from './lesson.ts';
import { School } from './school.ts';

const small = 'gateway: { throughput: { bytes: 5000000, seconds: 4 } }';

describe.skipIf(!isRoot)('a box that asks for its own throughput', { timeout: 400_000 }, () => {
  test('is ready for a lesson in a sound room, until it is revoked', async () => {
    const school = await School.start(small);
    const lesson = await Lesson.prepare(school, { up: 100, down: 100 });
    const { report, exitCode } = await lesson.check();
    const throughput = report.steps.filter(({ step }: { step: string }) => step === 'throughput');
    expect(throughput).toMatchObject([
      { family: 'ipv4', state: 'ok', figures: [{ name: 'down_mbit_per_second' }, { name: 'up_mbit_per_second' }] },
      { family: 'ipv6', state: 'ok', figures: [{ name: 'down_mbit_per_second' }, { name: 'up_mbit_per_second' }] },
    ]);
    expect(report).toMatchObject({ ready: 'yes', obstacles: [] });
    expect(exitCode).toBe(0);
    const printed: CommandView = JSON.parse((await lesson.run('throughput', '--family', 'ipv4', '--json')).output);
    expect(printed).toMatchObject({ device: 'room-1', state: 'done', result: { target: 'gateway' } });
    const { commands } = school.get('devices/room-1/commands').body as { commands: CommandView[] };
    expect(commands.map(({ origin, state }) => [origin, state])).toEqual(Array(3).fill(['device', 'done']));

    school.command('device', 'revoke', 'room-1');
    const refused = await lesson.check();
    expect(refused.report.steps.at(-1)).toMatchObject({ step: 'throughput', state: 'skipped' });
    expect(refused.report.obstacles[0].reason.en).toBe('the throughput was not measured: this machine was revoked');
    expect((await lesson.run('throughput')).exitCode).toBe(1);
    expect(school.get('devices/room-1/commands').body['commands']).toHaveLength(3);
  });

  test('is ready with limits where the link carries 2 Mbit/s, and waits for another that measures', async () => {
    const school = await School.start('gateway: { throughput: { bytes: 5000000, seconds: 4 } }');
    const lesson = await Lesson.prepare(school, { up: 2, down: 2 });
    await school.addRoom('room-2', { up: 2, down: 2 });
    const { report, exitCode } = await lesson.check();
    expect(report.ready).toBe('with-limits');
    expect(exitCode).toBe(1);
    const reasons = report.obstacles.map(({ reason }: { reason: { en: string } }) => reason.en);
    for (const [family, direction] of [
      ['IPv4', 'download'],
      ['IPv4', 'upload'],
      ['IPv6', 'download'],
      ['IPv6', 'upload'],
    ]) {
      const told = new RegExp(`^the ${direction} over ${family} is [123](\\.\\d+)? Mbit/s \\(at least 4 Mbit/s\\)$`);
      expect(reasons).toContainEqual(expect.stringMatching(told));
    }

    // Another room measures: this one waits for its turn, and takes its wish back when the person gives up.
    const other = school.measure('room-2').body;
    await until('the other room measures', () => school.status(other).state === 'running', { timeoutMs: 30_000 });
    const child = lesson.start('throughput');
    const isWaiting = (): CommandView | undefined => {
      const [newest] = (school.get('devices/room-1/commands').body as { commands: CommandView[] }).commands;
      return newest?.state === 'waiting' ? newest : undefined;
    };
    const mine = await until('this one waits', isWaiting, { timeoutMs: 30_000 });
    child.kill('SIGINT');
    expect(await school.ended(mine)).toMatchObject({ state: 'failed', code: 'command_expired' });
    expect(await school.ended(other)).toMatchObject({ state: 'done' });
  });

  test('is measured to the configured server where it is the gateway itself, and says what to do where there is none', async () => {
    const server = new Namespace();
    const school = await School.start(
      'gateway: { throughput: { bytes: 5000000, seconds: 4, server: "iperf3://198.51.100.2:5201" } }',
    );
    school.namespace.ip('link', 'add', 'up0', 'type', 'veth', 'peer', 'name', 'up0', 'netns', server.name);
    for (const [end, host] of [[school.namespace, 1] as const, [server, 2] as const]) {
      end.ip('address', 'add', `198.51.100.${host}/24`, 'dev', 'up0');
      end.ip('link', 'set', 'up0', 'up');
    }
    server.start('iperf3', '--server').stdout?.resume();
    await school.startOwnAgent();
    expect(JSON.parse(school.command('throughput', '--family', 'ipv4', '--json'))).toMatchObject({
      ...{ state: 'done', result: { target: '198.51.100.2', legs: [{ direction: 'up' }, { direction: 'down' }] } },
    });
    // There is no router and no portal: what is looked at here is the last step.
    const steps = JSON.parse(school.tryCommand('check', '--json')).steps;
    expect(steps.at(-1)).toMatchObject({ step: 'throughput', family: 'ipv4', state: 'ok' });

    const bare = await School.start(small);
    bare.namespace.ip('link', 'add', 'up0', 'type', 'veth', 'peer', 'name', 'up1');
    bare.namespace.ip('address', 'add', '198.51.100.1/24', 'dev', 'up0');
    for (const name of ['up0', 'up1']) bare.namespace.ip('link', 'set', name, 'up');
    await bare.startOwnAgent();
    const { obstacles } = JSON.parse(bare.tryCommand('check', '--json')).steps.at(-1);
    expect(obstacles).toMatchObject([
      {
        reason: { en: expect.stringContaining('is the gateway itself') },
        hint: { en: expect.stringContaining('gateway.throughput.server') },
      },
    ]);
  });
});
