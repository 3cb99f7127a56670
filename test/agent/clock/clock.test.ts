import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { BootTimes } from '../../../agent/clock/boot-times.ts';
import { Clock } from '../../../agent/clock/clock.ts';
import { recordingLog } from '../recording-log.ts';
import { Box, makeWorld, pass, right } from './world.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'performance'] });
});
afterEach(() => void vi.useRealTimers());

const day = 24 * 3600_000;
const timesync = '/run/systemd/timesync/synchronized';

describe('the clock', () => {
  test('is unknown until the gateway confirms it', async () => {
    const { clock, connect, error, world } = await makeWorld();
    await pass(3000);
    expect([clock.ready, clock.source]).toEqual([false, 'none']);
    await connect();
    expect([clock.ready, clock.source, clock.exact, error()]).toEqual([true, 'gateway', true, 0]);
    expect(world.changes).toBeGreaterThan(0);
  });

  test("of a box that thinks it is 1970 is the gateway's", async () => {
    const { clock, connect, error } = await makeWorld({ box: -right });
    await connect();
    expect(clock.ready).toBe(true);
    expect(Math.abs(error())).toBeLessThanOrEqual(2);
    expect(Math.abs((clock.differenceMs ?? 0) + right)).toBeLessThanOrEqual(2);
  });

  test("is NTP's when it has set it, long before there is a gateway", async () => {
    const { clock, step, error, world, disk } = await makeWorld({ box: -right });
    await pass(20_000);
    expect(clock.ready).toBe(false);
    world.ntp = 'yes';
    await step(0);
    expect([clock.ready, clock.source, clock.steps, error()]).toEqual([true, 'ntp', 1, 0]);
    expect(JSON.parse(readFileSync(disk, 'utf8')).boots[0].machine_boot).toBe('start-one');
  });

  test("is NTP's when systemd-timesyncd leaves its file", async () => {
    const { clock, error, world } = await makeWorld({ gateway: undefined });
    await pass(1000);
    world.files.set(timesync, '');
    await pass(20_000);
    expect([clock.ready, clock.source, error()]).toEqual([true, 'ntp', 0]);
  });

  test("that somebody stepped is not NTP's, whatever file there is", async () => {
    const { clock, connect, step, error, world } = await makeWorld({ ntp: 'yes' });
    world.files.set(timesync, '');
    await connect();
    expect(clock.source).toBe('ntp');
    world.ntp = 'no';
    await step(day);
    expect([clock.ready, clock.source]).toEqual([true, 'gateway']);
    expect(Math.abs(error())).toBeLessThanOrEqual(2);
    // NTP steps it back.
    world.ntp = 'yes';
    await step(0);
    expect([clock.ready, clock.source, error()]).toEqual([true, 'ntp', 0]);
  });

  test.each([day, -day])('that is stepped by %d ms is not believed against the gateway', async (ms) => {
    const { clock, connect, step, error, world, lines } = await makeWorld();
    await connect();
    world.box = ms;
    clock.look();
    expect(clock.ready).toBe(false);
    await pass(20);
    expect([clock.ready, clock.steps]).toEqual([true, 1]);
    expect(Math.abs(error())).toBeLessThanOrEqual(2);
    expect(lines.map(({ msg }) => msg)).toContain('the wall clock was stepped: samples not yet sent are dated anew');
    // What the box's clock does further on is nobody's time any more.
    await step(ms + 200);
    expect(Math.abs(error())).toBeLessThanOrEqual(2);
  });

  test('that somebody sets right is used again', async () => {
    const { clock, connect, step, error } = await makeWorld({ box: day });
    await connect();
    expect(Math.abs(error())).toBeLessThanOrEqual(2);
    await step(0);
    await step(100);
    expect([clock.ready, error()]).toEqual([true, 100]);
  });

  test('stays known when the gateway goes away and the box is stepped meanwhile', async () => {
    const { clock, connect, step, error, world } = await makeWorld();
    await connect();
    world.connected = false;
    await step(-day);
    expect([clock.ready, Math.abs(error()) <= 2]).toEqual([true, true]);
  });

  test('is known again after a restart of the agent, before there is a gateway', async () => {
    const { clock, connect, disk, world } = await makeWorld({ box: -right });
    await connect();
    const known = clock.offsetOf('start-one') ?? 0;
    world.files.set('/clock.json', readFileSync(disk, 'utf8'));
    const host = new Box(world, { monotonicMs: () => 70_000, now: () => 0 });
    const boots = await BootTimes.read('/clock.json', host, () => '');
    const nothing = () => undefined;
    const next = new Clock({ host, boots, ask: nothing, onChange: nothing, raise: nothing, log: recordingLog().log });
    expect([next.ready, next.now()]).toEqual([true, 70_000 + known]);
  });

  test('follows a gateway that was set to another time and says so', async () => {
    const { clock, connect, error, world } = await makeWorld();
    await connect();
    await pass(5000);
    world.gateway = 3 * day;
    clock.told(right + 3 * day);
    expect(clock.ready).toBe(false);
    await pass(20);
    expect(clock.ready).toBe(true);
    expect(Math.abs(error() - 3 * day)).toBeLessThanOrEqual(2);
  });

  test('of NTP stays where the gateway tells another time, and that is an event', async () => {
    const { clock, connect, error, world } = await makeWorld({ gateway: -day, ntp: 'yes' });
    await connect();
    await pass(60_000);
    expect([clock.ready, clock.source, error()]).toEqual([true, 'ntp', 0]);
    expect(Math.round((clock.differenceMs ?? 0) / day)).toBe(1);
    expect(world.events).toEqual(['clock-difference']);
    world.gateway = 0;
    await pass(20_000);
    expect(Math.abs(clock.differenceMs ?? 9)).toBeLessThanOrEqual(2);
  });

  test('may be off by more than 2 s while the gateway answers slowly, and says so', async () => {
    const { clock, connect, error, world } = await makeWorld({ box: -right, rtt: 4600 });
    await connect();
    await pass(5000);
    expect([clock.ready, clock.exact]).toEqual([true, false]);
    expect(Math.abs(error())).toBeLessThanOrEqual(2300);
    world.rtt = 10;
    await pass(30_000);
    expect(clock.exact).toBe(true);
    expect(Math.abs(error())).toBeLessThanOrEqual(5);
  });

  test('that nobody tells is an event after a minute, and the question goes on', async () => {
    const { clock, connect, error, world } = await makeWorld({ box: -right, gateway: undefined });
    await connect();
    expect(clock.settled).toBe(false);
    await pass(6000);
    expect([clock.settled, clock.ready]).toEqual([true, false]);
    await pass(120_000);
    expect(world.events).toEqual(['clock-unknown']);
    world.gateway = 0;
    await pass(30_000);
    expect(clock.ready).toBe(true);
    expect(Math.abs(error())).toBeLessThanOrEqual(5);
  });

  test('of a gateway that is in 1970 itself is not taken', async () => {
    const { clock, connect, error, world } = await makeWorld({ box: -right, gateway: -right });
    await connect();
    await pass(70_000);
    expect([clock.ready, world.events]).toEqual([false, ['clock-unknown']]);
    world.gateway = 0;
    await pass(30_000);
    expect(clock.ready).toBe(true);
    expect(Math.abs(error())).toBeLessThanOrEqual(2);
  });

  test('takes no answer to an earlier question for that to a later one', async () => {
    const { clock, connect, error, world } = await makeWorld({ box: -right, rtt: 12_000 });
    await connect();
    // The first question is given up after 5 s; its answer, 12 s old, comes while the second one is on its way.
    await pass(40_000);
    expect(Number.isNaN(error()) || Math.abs(error()) < 2000).toBe(true);
    world.rtt = 10;
    await pass(60_000);
    expect(clock.exact).toBe(true);
    expect(Math.abs(error())).toBeLessThanOrEqual(5);
  });
});
