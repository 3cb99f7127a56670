import { type ChildProcess, fork } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { FakeClock } from '../../support/fake-clock.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { until } from '../../support/until.ts';
import { GatewayProcess } from './gateway-process.ts';

const DAY_S = 24 * 3600;
/** Seconds from 1970, and five minutes more, to now. */
const SINCE_1970_S = Date.now() / 1000 - 300;

let gateway: GatewayProcess;
let gatewayClock: FakeClock;
let home: string;
let clock: FakeClock;

beforeEach(async () => {
  const gatewayHome = temporaryDirectory();
  gatewayClock = new FakeClock(gatewayHome);
  gateway = await GatewayProcess.start(gatewayHome, gatewayClock.env);
  home = temporaryDirectory();
  clock = new FakeClock(home);
  mkdirSync(join(home, 'agent'));
  gateway.addDevice('room-1', home);
  writeFileSync(
    join(home, 'campus-edge.yaml'),
    'agent: { collectors: { system: { interval_seconds: 1 }, path: { enabled: false }, resolver: { enabled: false } } }\n',
  );
  return () => gateway.end('SIGKILL');
});

/** Starts the agent; resolves when it begins to measure. */
async function startAgent(): Promise<{ agent: ChildProcess; uptime: number }> {
  const agent = fork(new URL('./run-agent.ts', import.meta.url), [home], {
    env: { ...process.env, ...clock.env, CAMPUS_MQTT_PORT: String(gateway.mqttPort) },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  onTestFinished(() => end(agent, 'SIGKILL'));
  await new Promise((resolve) => agent.once('message', resolve));
  return { agent, uptime: uptimeNow() };
}

async function end(agent: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (agent.exitCode !== null || agent.signalCode !== null) return;
  const exited = new Promise((resolve) => agent.once('exit', resolve));
  agent.kill(signal);
  await exited;
}

/** The samples stored, whatever their time, in its order. The machine's uptime, which no clock changes, tells when each was measured. */
async function stored(): Promise<{ time: number; uptime: number }[]> {
  const range = `from=0&to=${Date.now() + 10 * DAY_S * 1000}`;
  type Answer = { series: { points: [number, number][] }[] };
  const { series } = await gateway.get<Answer>(`series?measurement=system&field=uptime_seconds&device=room-1&${range}`);
  return (series[0]?.points ?? []).map(([time, uptime]) => ({ time, uptime }));
}

/** What the agent last said of itself. */
async function agentPoint(): Promise<Record<string, unknown>> {
  type Answer = { points: { tags: Record<string, string>; fields: Record<string, unknown> }[] };
  const { points } = await gateway.get<Answer>('latest?measurement=agent&device=room-1');
  return points.find(({ tags }) => tags['collector'] === undefined)?.fields ?? {};
}

const uptimeNow = (): number => Number(readFileSync('/proc/uptime', 'utf8').split(' ')[0]);

/** Waits until what was measured before this moment, and something after it, is stored. */
async function allStored(): Promise<{ time: number; uptime: number }[]> {
  const now = uptimeNow();
  return until(
    'the samples are stored',
    async () => {
      const samples = await stored();
      return samples.some(({ uptime }) => uptime > now + 2) && samples;
    },
    { timeoutMs: 30_000, everyMs: 250 },
  );
}

/** Samples that are dated more than 2 s from when they were measured. */
function wronglyDated(samples: readonly { time: number; uptime: number }[]) {
  const startedAt = Date.now() - uptimeNow() * 1000;
  return samples.filter(({ time, uptime }) => Math.abs(time - startedAt - uptime * 1000) > 2000);
}

/** Pauses of more than 3 s between samples that were measured every second. */
function gaps(samples: readonly { uptime: number }[]): number[] {
  const uptimes = samples.map(({ uptime }) => uptime).toSorted((one, other) => one - other);
  return uptimes.slice(1).flatMap((uptime, index) => (uptime - (uptimes[index] ?? 0) > 3 ? [uptime] : []));
}

/** The samples of an agent that began at a moment (of uptime) are all there, once, and rightly dated. */
async function expectAllRight(began: number, { restarts = 0 } = {}): Promise<void> {
  const samples = await allStored();
  expect(samples.length).toBeGreaterThan(2);
  expect(wronglyDated(samples)).toEqual([]);
  expect(gaps([{ uptime: began }, ...samples]).length).toBeLessThanOrEqual(restarts);
  expect(new Set(samples.map(({ uptime }) => uptime)).size).toBe(samples.length);
  expect((await gateway.get<{ rejects: unknown[] }>('rejects')).rejects).toEqual([]);
  const self = await until('the agent tells of itself', async () => {
    const fields = await agentPoint();
    return fields['outbox_dropped'] !== undefined && fields;
  });
  expect(self).toMatchObject({ outbox_dropped: 0, outbox_undated: 0 });
}

describe('a box whose clock is not set', () => {
  test('and that thinks it is 1970 reports right times by its gateway', async () => {
    clock.set(-SINCE_1970_S);
    const { uptime } = await startAgent();
    await expectAllRight(uptime);
    const self = await agentPoint();
    expect(self).toMatchObject({ clock_source: 'gateway' });
    expect(Math.abs(Number(self['clock_difference_ms']) / 1000 + SINCE_1970_S)).toBeLessThan(2);
  });

  test('keeps its samples while there is no gateway, over a restart, and dates them when there is one', async () => {
    await gateway.end();
    clock.set(-SINCE_1970_S);
    const { agent, uptime } = await startAgent();
    await until('samples are on disk', () => existsSync(join(home, 'agent/outbox.sqlite')));
    await end(agent, 'SIGTERM');
    await startAgent();
    await delay(2500);
    await gateway.run();
    await expectAllRight(uptime, { restarts: 1 });
  });
});

describe('a clock that is set while samples wait', () => {
  test.each([DAY_S, -DAY_S])('by %d s leaves their times right', async (seconds) => {
    const { uptime } = await startAgent();
    await until('samples are stored', async () => (await stored()).length > 1);
    await gateway.end('SIGKILL');
    await until('samples are on disk', () => existsSync(join(home, 'agent/outbox.sqlite')));
    clock.set(seconds);
    await delay(2500);
    await gateway.run();
    await expectAllRight(uptime);
    await until('the agent tells of the step', async () => (await agentPoint())['clock_steps'] === 1, {
      timeoutMs: 20_000,
    });
  });

  test('there and back while the gateway is there, loses and doubles none either', async () => {
    const { uptime } = await startAgent();
    for (const seconds of [DAY_S, -DAY_S, 0, -SINCE_1970_S, 0]) {
      const before = (await stored()).length;
      await until('fresh samples', async () => (await stored()).length > before + 1, { timeoutMs: 20_000 });
      clock.set(seconds);
    }
    await expectAllRight(uptime);
  });
});

describe('a gateway whose clock is set', () => {
  test('tells its devices, which lose nothing and have its time from then on', async () => {
    await startAgent();
    await until('samples are stored', async () => (await stored()).length > 2);
    gatewayClock.set(-DAY_S);
    await until('samples with the time of the gateway', async () => wronglyDated(await stored()).length > 2, {
      timeoutMs: 20_000,
    });
    gatewayClock.set(0);
    const now = uptimeNow();
    const samples = await allStored();
    expect(wronglyDated(samples.filter(({ uptime }) => uptime > now + 1.5))).toEqual([]);
    expect(gaps(samples)).toEqual([]);
    expect(new Set(samples.map(({ uptime }) => uptime)).size).toBe(samples.length);
  });
});
