import { type ChildProcess, fork } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Value } from '#typebox/value';
import { Inventory } from '../../../contract/inventory.ts';
import { freePort } from '../../support/free-port.ts';
import { until } from '../../support/until.ts';
import { Broker } from './broker.ts';

let broker: Broker;
let home: string;
const children = new Set<ChildProcess>();

beforeEach(async () => {
  broker = new Broker(await freePort());
  home = mkdtempSync(join(tmpdir(), 'campus-agent-'));
  mkdirSync(join(home, 'agent'));
  writeCredentials();
  // An interval of a second gives enough messages to lose some.
  const collectors = ['system', 'network', 'ipv6'].map((name) => `${name}: { interval_seconds: 1 }`).join(', ');
  writeFileSync(join(home, 'campus-edge.yaml'), `agent: { collectors: { ${collectors} } }\n`);
});

afterEach(async () => {
  for (const child of children) await end(child, 'SIGKILL');
  await broker.stop();
  rmSync(home, { recursive: true });
});

function writeCredentials(): void {
  const credentials = { site: 'school', username: 'school/gateway', password: 'x' };
  writeFileSync(join(home, 'agent/credentials.json'), JSON.stringify(credentials));
}

function startAgent() {
  const child = fork(new URL('./run-agent.ts', import.meta.url), [home], {
    env: { ...process.env, CAMPUS_MQTT_PORT: String(broker.port) },
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  children.add(child);
  const agent = { child, ready: false, output: '' };
  child.on('message', (message: { ready?: boolean }) => {
    agent.ready ||= message.ready === true;
  });
  child.stdout?.on('data', (chunk: Buffer) => {
    agent.output += chunk.toString();
  });
  return agent;
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  children.delete(child);
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve));
  child.kill(signal);
  return exited;
}

/** The numbers of the messages received of each run, in order. */
function numbersByBoot(): Map<string, number[]> {
  const numbers = new Map<string, number[]>();
  for (const { boot = '', seq = 0 } of broker.telemetry()) numbers.set(boot, [...(numbers.get(boot) ?? []), seq]);
  return numbers;
}

/** The numbers that are missing between the first and the last of a run. */
function gaps(received: readonly number[]): number[] {
  const last = Math.max(...received);
  return Array.from({ length: last }, (_, index) => index + 1).filter((seq) => !received.includes(seq));
}

describe('the agent', () => {
  test('sends all it measures within seconds of its start, then its inventory', async () => {
    await broker.start();
    const agent = startAgent();
    await until('the agent is ready', () => agent.ready);
    await until('a sample', () => broker.telemetry().length > 0, { timeoutMs: 2000 });
    await until('all measurements', () => {
      const names = new Set(broker.telemetry().flatMap(({ metrics }) => metrics.map(({ name }) => name)));
      return ['system', 'disk', 'network', 'ipv6', 'agent'].every((name) => names.has(name));
    });
    const outcomes = broker
      .telemetry()
      .flatMap(({ metrics }) => metrics.filter(({ tags }) => tags['collector'] !== undefined))
      .map(({ tags, fields }) => `${tags['collector']}: ${fields['outcome']} ${fields['error'] ?? ''}`);
    expect(outcomes).toEqual(
      expect.arrayContaining(['system', 'disk', 'network', 'ipv6', 'agent'].map((name) => `${name}: ok `)),
    );
    // Not every machine has a radio or a modem.
    expect(outcomes.filter((outcome) => !/: (ok|not-present) /.test(outcome))).toEqual([]);
    const inventory = await until('the inventory', () => broker.on('inventory')[0], { timeoutMs: 30_000 });
    expect([...Value.Errors(Inventory, inventory)]).toEqual([]);
    expect(inventory).toMatchObject({ software: { node: process.versions.node, os: expect.any(String) } });
    expect(await end(agent.child, 'SIGTERM')).toBe(0);
    expect(broker.on('state').at(-1)).toMatchObject({ online: false, planned: true });
    expect(existsSync(join(home, 'agent/outbox.sqlite'))).toBe(false);
  });

  test('loses no sample to a gateway that dies and comes back, soon or late', async () => {
    await broker.start();
    const agent = startAgent();
    await until('samples', () => broker.telemetry().length >= 2);
    for (const outageMs of [500, 4000]) {
      await broker.stop();
      await delay(outageMs);
      await broker.start();
      const before = broker.telemetry().length;
      await until('samples again', () => broker.telemetry().length > before + 2, { timeoutMs: 20_000 });
    }
    await until('the backlog', () => [...numbersByBoot().values()].every((numbers) => gaps(numbers).length === 0), {
      timeoutMs: 10_000,
    });
    expect(numbersByBoot().size).toBe(1);
    expect(broker.telemetry().some(({ replayed }) => replayed === true)).toBe(true);
    await end(agent.child, 'SIGTERM');
  });

  test('is declared gone by the gateway when it is killed', async () => {
    await broker.start();
    const agent = startAgent();
    await until('the state', () => broker.on('state').length === 1);
    await end(agent.child, 'SIGKILL');
    await until('the will', () => broker.on('state').length === 2);
    expect(broker.on('state')[1]).toMatchObject({ online: false });
    expect(broker.on('state')[1]).not.toHaveProperty('planned');
  });

  test('keeps what is unsent over its own restart', async () => {
    const first = startAgent();
    await until('the agent is ready', () => first.ready);
    await delay(3000);
    const stopping = performance.now();
    expect(await end(first.child, 'SIGTERM')).toBe(0);
    expect(performance.now() - stopping).toBeLessThan(10_000);
    expect(existsSync(join(home, 'agent/outbox.sqlite'))).toBe(true);
    await broker.start();
    startAgent();
    await until('the samples of both runs', () => numbersByBoot().size === 2);
    const replayed = broker.telemetry().filter((telemetry) => telemetry.replayed);
    expect(replayed.length).toBeGreaterThan(0);
    const boots = new Set(replayed.map(({ boot }) => boot));
    expect(boots.size).toBe(1);
    await until('no gap', () => gaps(numbersByBoot().get([...boots][0] ?? '') ?? [0]).length === 0);
  });

  test('waits for its credentials', async () => {
    rmSync(join(home, 'agent/credentials.json'));
    await broker.start();
    const agent = startAgent();
    await delay(1000);
    expect(agent.ready).toBe(false);
    writeCredentials();
    await until('the agent is ready', () => agent.ready);
    await until('a sample', () => broker.telemetry().length > 0);
  });
});
