import { type ChildProcess, fork } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import mqtt from 'mqtt';
import { expect, onTestFinished, test } from 'vitest';
import { LinuxHost } from '../../../agent/host/linux.ts';
import { OutboxFile } from '../../../agent/outbox/outbox-file.ts';
import type { Telemetry } from '../../../contract/telemetry.ts';
import { channelFilter } from '../../../contract/topics.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { until } from '../../support/until.ts';
import { GatewayProcess } from './gateway-process.ts';

const BACKLOG = 1000;
const PER_SECOND = 100;

/** A home of an agent that was away: so many messages of an earlier run lie on its disk. */
async function makeHome(): Promise<string> {
  const home = temporaryDirectory();
  mkdirSync(join(home, 'agent'));
  const path = join(home, 'agent/outbox.sqlite');
  const file = new OutboxFile({ channel: 'telemetry', path, maxBytes: 64 * 1024 * 1024, onDamaged: () => undefined });
  const machineBoot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  const now = Math.round(new LinuxHost().monotonicMs());
  const messages = Array.from({ length: BACKLOG }, (_, index) => ({
    boot: 'boot-before',
    seq: index + 1,
    machineBoot,
    content: JSON.stringify([{ name: 'backlog', tags: {}, fields: { value: index }, at: now - BACKLOG + index }]),
  }));
  await file.append(messages, Date.now(), () => false);
  await file.close();
  // A sample of the path has the time at which its packets began to go, seconds before it is there.
  const collectors = 'system: { interval_seconds: 1 }, path: { enabled: false }, resolver: { enabled: false }';
  const outbox = `replay_messages_per_second: ${PER_SECOND}`;
  writeFileSync(join(home, 'campus-edge.yaml'), `agent: { collectors: { ${collectors} }, outbox: { ${outbox} } }\n`);
  return home;
}

interface Arrival {
  at: number;
  telemetry: Telemetry;
}

/** What arrives at the gateway, as the flows see it. */
async function listen(gateway: GatewayProcess): Promise<Arrival[]> {
  const credentials = JSON.parse(readFileSync(join(gateway.home, 'credentials/flows/mqtt.json'), 'utf8'));
  const arrivals: Arrival[] = [];
  const client = await mqtt.connectAsync(`mqtt://127.0.0.1:${gateway.mqttPort}`, credentials);
  onTestFinished(() => client.endAsync(true));
  client.on('message', (_topic, payload) => arrivals.push({ at: Date.now(), telemetry: JSON.parse(String(payload)) }));
  await client.subscribeAsync(channelFilter(credentials.site, 'telemetry'));
  return arrivals;
}

function startAgent(home: string, gateway: GatewayProcess): ChildProcess {
  const agent = fork(new URL('./run-agent.ts', import.meta.url), [home], {
    env: { ...process.env, CAMPUS_MQTT_PORT: String(gateway.mqttPort) },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  onTestFinished(() => void agent.kill('SIGKILL'));
  return agent;
}

/** The values of the backlog that are stored, whatever their time. */
async function storedValues(gateway: GatewayProcess): Promise<number[]> {
  type Answer = { series: { points: [number, number][] }[] };
  const { series } = await gateway.get<Answer>(`series?measurement=backlog&field=value&from=0&to=${Date.now() + 1e9}`);
  return (series[0]?.points ?? []).map(([, value]) => value);
}

test('a long backlog comes in order at its rate, while fresh samples come as ever', async () => {
  const gateway = await GatewayProcess.start(temporaryDirectory());
  onTestFinished(() => gateway.end());
  const home = await makeHome();
  gateway.addDevice('room-1', home);
  const arrivals = await listen(gateway);
  startAgent(home, gateway);
  const replayed = () => arrivals.filter(({ telemetry }) => telemetry.replayed === true);
  await until('the backlog', () => replayed().length >= BACKLOG, { timeoutMs: 40_000 });

  expect(replayed().map(({ telemetry }) => telemetry.seq)).toEqual(
    Array.from({ length: BACKLOG }, (_, index) => index + 1),
  );
  const [first, last] = [replayed()[0]?.at ?? 0, replayed().at(-1)?.at ?? 0];
  expect(last - first).toBeGreaterThan((1000 * (BACKLOG - 8)) / PER_SECOND - 500);

  const fresh = arrivals.filter(({ at, telemetry }) => telemetry.replayed !== true && at >= first && at <= last);
  const system = fresh.filter(({ telemetry }) => telemetry.metrics.some(({ name }) => name === 'system'));
  expect(system.length).toBeGreaterThanOrEqual(Math.floor((last - first) / 1000) - 2);
  const delays = fresh.map(
    ({ at, telemetry }) => at - Math.min(...telemetry.metrics.map(({ timestamp }) => timestamp)),
  );
  // Within the interval of the samples, when the machine runs other tests beside this one, too.
  expect(Math.max(...delays)).toBeLessThan(1000);
  await until('every message of it is stored', async () => (await storedValues(gateway)).length === BACKLOG);
});

/** Each run of the agent begins without a cache of compiled code, which a killed one leaves none of. */
const timeout = 120_000;

test('an agent that is killed again and again while it sends loses and doubles nothing of what was on disk', {
  timeout,
}, async () => {
  const gateway = await GatewayProcess.start(temporaryDirectory());
  onTestFinished(() => gateway.end());
  const home = await makeHome();
  gateway.addDevice('room-1', home);
  const arrivals = await listen(gateway);
  const replayed = () => arrivals.filter(({ telemetry }) => telemetry.boot === 'boot-before').length;
  for (let kills = 0; kills < 12 && replayed() < BACKLOG - 100; kills++) {
    const agent = startAgent(home, gateway);
    const before = replayed();
    // In the midst of a round of 64 that it has not deleted yet, and later in each run.
    await until('it sends its backlog', () => replayed() > before + 5 * kills, { timeoutMs: 20_000, everyMs: 5 });
    const exited = new Promise((resolve) => agent.once('exit', resolve));
    agent.kill('SIGKILL');
    await exited;
  }
  startAgent(home, gateway);
  const values = await until(
    'every message is stored',
    async () => {
      const stored = await storedValues(gateway);
      return new Set(stored).size === BACKLOG && stored;
    },
    { timeoutMs: 40_000, everyMs: 250 },
  );
  expect(values).toHaveLength(BACKLOG);
});
