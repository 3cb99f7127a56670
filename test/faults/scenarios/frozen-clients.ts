import { setTimeout as delay } from 'node:timers/promises';
import { openHome, readCredentials } from '../../../runtime/home.ts';
import { until } from '../../support/until.ts';
import { Fleet } from '../load/fleet.ts';
import { percentile } from '../load/percentile.ts';
import { type Account, Connection } from '../mqtt/connection.ts';
import type { PublishPacket } from '../mqtt/packets.ts';
import type { FaultRun, Outcome, Scenario } from '../scenario.ts';
import { settledBalance } from '../stored/balance.ts';
import { outcomeOf, type Site, settle, startSite } from '../under-load.ts';

/** What others must not have to wait for longer, ms: publish to PUBACK, 99 of 100. */
const P99_MAX_MS = 250;
/** Resident memory that a frozen client may cost, bytes: the kernel's buffers are not the gateway's. */
const GROWTH_MAX = 150 * 1024 * 1024;
/** A frozen client is gone by then, ms: its buffers must fill first. */
const GONE_MS = 60_000;

/** Two megabytes a second: what one subscriber's buffers take fills within seconds. */
const LOAD = { devices: 4, rate: 250, padding: 4000 };

function flowsAccount(site: Site): Account {
  const account = readCredentials(openHome(site.gateway.home), 'flows');
  if (account === undefined) throw new Error('the gateway has written no credentials for the flows');
  return account;
}

async function subscribe(
  site: Site,
  clientId: string,
  onMessage: (message: PublishPacket) => void,
): Promise<Connection> {
  const connection = await Connection.open({
    ...{ port: site.gateway.mqttPort, account: flowsAccount(site), clientId, onMessage, keepalive: 0 },
  });
  await connection.subscribe('campus/v1/school/+/telemetry', 0);
  return connection;
}

/** The load and what can be seen of it: latencies, and what a healthy subscriber receives. */
async function observed(run: FaultRun, config = '') {
  const latencies: number[] = [];
  const site = await startSite(run, {
    config,
    load: { ...LOAD, onAcknowledged: (latencyMs) => latencies.push(latencyMs) },
  });
  const seen = { messages: 0 };
  const healthy = await subscribe(site, 'healthy', ({ topic }) => {
    if (topic.includes('/load-')) seen.messages += 1;
  });
  run.atEnd(() => healthy.cut());
  await delay(2000);
  const quiet = percentile(latencies.splice(0), 0.99);
  const before = { memory: site.gateway.rssBytes, seen: seen.messages, acknowledged: site.fleet.acknowledged };
  /** What happened since the observation began. */
  const judge = (outcome: Outcome, memory: number): Outcome => {
    const p99 = percentile(latencies, 0.99);
    const acknowledged = site.fleet.acknowledged - before.acknowledged;
    const received = seen.messages - before.seen;
    if (!(p99 < P99_MAX_MS)) outcome.failures.push(`p99 of publish to PUBACK is ${Math.round(p99)} ms`);
    if (received < 0.9 * acknowledged)
      outcome.failures.push(`another subscriber received ${received} of ${acknowledged} messages`);
    const growth = memory - before.memory;
    if (growth > GROWTH_MAX) outcome.failures.push(`the gateway grew by ${Math.round(growth / 2 ** 20)} MiB`);
    Object.assign(outcome.figures, {
      ...{ p99_ms: Math.round(p99 * 10) / 10, quiet_p99_ms: Math.round(quiet * 10) / 10 },
      ...{ growth_mib: Math.round(growth / 2 ** 20) },
      received_share: Math.round((100 * received) / acknowledged) / 100,
    });
    return outcome;
  };
  return { site, judge };
}

/** True when nobody is connected but the devices of the load and the healthy subscriber. */
async function othersAlone({ gateway }: Site): Promise<boolean> {
  return (await gateway.figure('campus_connections')) <= LOAD.devices + 1;
}

/** Waits until all are gone and a little longer, and tells the most memory that the gateway took meanwhile. */
async function whileFrozen(
  run: FaultRun,
  site: Site,
  gone: () => boolean | Promise<boolean>,
): Promise<{ memory: number; seconds: number }> {
  const since = performance.now();
  let memory = 0;
  await until(
    'the frozen clients are disconnected',
    () => {
      memory = Math.max(memory, site.gateway.rssBytes);
      return gone();
    },
    { timeoutMs: GONE_MS, everyMs: 200 },
  );
  const seconds = Math.round((performance.now() - since) / 100) / 10;
  run.say(`disconnected after ${seconds} s`);
  await delay(500 * run.effort.loadSeconds);
  return { memory, seconds };
}

export const frozenSubscriber: Scenario = {
  name: 'frozen-subscriber',
  title: 'subscribers stop reading: nobody else waits, they cost no memory and are disconnected',
  run: async (run) => {
    const { site, judge } = await observed(run);
    const frozen: Connection[] = [];
    for (const name of ['frozen-1', 'frozen-2', 'frozen-3']) {
      const connection = await subscribe(site, name, () => undefined);
      run.atEnd(() => connection.cut());
      connection.stopReading();
      frozen.push(connection);
    }
    const { memory, seconds } = await whileFrozen(run, site, () => othersAlone(site));
    const outcome = judge(await settle(run, site), memory);
    outcome.figures['disconnected_after_seconds'] = seconds;
    return outcome;
  },
};

/** As many messages as a device may have on its way (MQTT 3.1.1 §2.3.1), nearly; fewer for less effort. */
const DEAF_WINDOW = 60_000;
const DEAF_A_SECOND = 2000;
/** Seconds of keep-alive of the deaf device: it is frozen, so it sends no pings either. */
const DEAF_KEEPALIVE = 4;

export const unreadPubacks: Scenario = {
  name: 'unread-pubacks',
  title:
    'a device freezes with all its acknowledgements unread: nobody else waits, it is disconnected, and what it sends again is stored once',
  run: async (run) => {
    const { site, judge } = await observed(run, 'gateway: {mqtt: {messages_per_second: 10000}}');
    const { home, mqttPort } = site.gateway;
    const window = Math.min(DEAF_WINDOW, DEAF_A_SECOND * run.effort.loadSeconds);
    const load = { devices: 1, rate: 0, window, keepalive: DEAF_KEEPALIVE, prefix: 'deaf' };
    const deaf = await Fleet.start({ home, mqttPort, ...load });
    run.atEnd(() => deaf.stop());
    const [device] = deaf.publishers;
    if (device === undefined) throw new Error('there is no deaf device');
    await until('the device is connected', () => device.connected);
    device.stopReading();
    deaf.report();
    await until('it has sent what it may', () => device.lastSequence === window);
    deaf.pause();
    const { memory, seconds } = await whileFrozen(run, site, () => othersAlone(site));
    device.restart();
    await deaf.settle(120_000);
    const outcome = judge(await settle(run, site), memory);
    const own = outcomeOf(await settledBalance(deaf.publishers, site.count));
    outcome.lost += own.lost;
    outcome.doubled += own.doubled;
    outcome.failures.push(...own.failures);
    Object.assign(outcome.figures, { disconnected_after_seconds: seconds, sent_again: deaf.acknowledged });
    return outcome;
  },
};
