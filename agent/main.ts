import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { Home } from '../runtime/home.ts';
import { createLog, type Logger } from '../runtime/log.ts';
import { portFromEnv } from '../runtime/ports.ts';
import { closeAll, shutdownRequested } from '../runtime/shutdown.ts';
import { version } from '../runtime/version.ts';
import { Batch } from './batch.ts';
import { createCollectors } from './collectors/index.ts';
import { type AgentConfig, readAgentConfig } from './config.ts';
import { waitForCredentials } from './credentials.ts';
import { LinuxHost } from './host/linux.ts';
import { startInventory } from './inventory/schedule.ts';
import { Outbox } from './outbox/outbox.ts';
import { Publisher } from './publisher.ts';
import { type ScheduledCollector, startRunner } from './runner.ts';
import { createSelf } from './self.ts';

/** At the end, the gateway gets this long to acknowledge what is in memory before it goes to disk. */
const SETTLE_MS = 2000;

export interface AgentOptions {
  home: Home;
  env: NodeJS.ProcessEnv;
  log?: Logger;
}

/**
 * Runs the agent until it is told to stop, then keeps what the gateway has not acknowledged on disk.
 * @throws CampusError `config_invalid`, `tls_required`, `port_invalid`, `credentials_absent`, `credentials_wrong`
 */
export async function runAgent({ home, env, log: givenLog }: AgentOptions): Promise<void> {
  const config = readAgentConfig(home);
  const log = givenLog ?? createLog('agent', config.log.level);
  const stopping = new AbortController();
  const shutdown = shutdownRequested();
  void shutdown.then(() => stopping.abort());
  const url = config.agent.gateway ?? `mqtt://127.0.0.1:${portFromEnv('CAMPUS_MQTT_PORT', env)}`;
  const credentials = await waitForCredentials(home, stopping.signal);
  if (credentials === undefined) return;

  const host = new LinuxHost();
  const boot = randomBytes(8).toString('hex');
  const publisher: Publisher = new Publisher({
    url,
    credentials,
    boot,
    version,
    now: host.now,
    random: Math.random,
    log,
    onConnect: () => outbox.connected(),
  });
  const outbox = new Outbox({
    path: join(home.agentDir, 'outbox.sqlite'),
    maxBytes: config.agent.outbox.max_bytes,
    durability: config.agent.outbox.durability,
    boot,
    monotonicMs: host.monotonicMs,
    now: host.now,
    log,
    isConnected: () => publisher.connected,
    publish: (payload) => publisher.publish('telemetry', payload),
  });
  const batch = new Batch((metrics) => outbox.add(metrics));
  const stopRunner = startRunner({
    host,
    collectors: schedule(config, publisher, outbox),
    emit: (metrics) => batch.add(metrics),
    random: Math.random,
    log,
  });
  const stopInventory = startInventory({ host, publisher, log });
  process.send?.({ ready: true });
  log.info({ site: credentials.site, username: credentials.username, boot, version }, 'the agent runs');

  log.info({ cause: await shutdown }, 'the agent stops');
  await closeAll(log, [
    () => outbox.close(),
    () => publisher.close(),
    () => outbox.settle(SETTLE_MS),
    () => batch.flush(),
    stopInventory,
    stopRunner,
  ]);
}

function schedule(config: AgentConfig, publisher: Publisher, outbox: Outbox): ScheduledCollector[] {
  const self = createSelf(() => ({
    outboxMessages: outbox.messages,
    outboxBytes: outbox.bytes,
    outboxDropped: outbox.dropped,
    published: outbox.published,
    connections: publisher.connections,
  }));
  const configured = createCollectors().flatMap((collector): ScheduledCollector[] => {
    const section = config.agent.collectors[collector.name];
    if (section === undefined || !section.enabled) return [];
    return [{ collector, intervalSeconds: section.interval_seconds, config: section }];
  });
  return [...configured, { collector: self, intervalSeconds: self.defaultIntervalSeconds, config: {} }];
}
