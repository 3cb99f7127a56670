import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { awaitCredentials } from '../runtime/await-credentials.ts';
import { useBufferPool } from '../runtime/buffer-pool.ts';
import { readEnrolment, writeEnrolment } from '../runtime/enrolment-file.ts';
import type { Home } from '../runtime/home.ts';
import { createLog, type Logger } from '../runtime/log.ts';
import { ownPorts, portFromEnv } from '../runtime/ports.ts';
import { noteRunning } from '../runtime/running.ts';
import { closeAll, shutdownRequested } from '../runtime/shutdown.ts';
import { version } from '../runtime/version.ts';
import { startBaseline } from './baseline/schedule.ts';
import { Batch } from './batch.ts';
import { ClientPseudonyms } from './client-pseudonyms.ts';
import { BootTimes } from './clock/boot-times.ts';
import { Clock } from './clock/clock.ts';
import { createCollectors } from './collectors/index.ts';
import { CommandRunner } from './command-runner.ts';
import { handleCommand } from './commands.ts';
import { type AgentConfig, readAgentConfig } from './config.ts';
import { createExecutables } from './executables.ts';
import type { Host } from './host/host.ts';
import { LinuxHost } from './host/linux.ts';
import { startInventory } from './inventory/schedule.ts';
import { startRenewal } from './join/renewal.ts';
import { toSample } from './metric.ts';
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
  /** The machine to watch; this one when absent. */
  host?: Host;
}

/**
 * Runs the agent until it is told to stop, then keeps what the gateway has not acknowledged on disk.
 * @throws CampusError `config_invalid`, `tls_required`, `port_invalid`, `credentials_absent`, `credentials_wrong`
 */
export async function runAgent({ home, env, log: givenLog, host = new LinuxHost() }: AgentOptions): Promise<void> {
  useBufferPool('agent');
  const config = readAgentConfig(home);
  const log = givenLog ?? createLog('agent', config.log.level);
  const stopping = new AbortController();
  const shutdown = shutdownRequested();
  void shutdown.then(() => stopping.abort());
  const enrolment = readEnrolment(home);
  const here = `mqtt://127.0.0.1:${portFromEnv('CAMPUS_MQTT_PORT', env)}`;
  const url = config.agent.gateway ?? enrolment?.gateway ?? here;
  const credentials = enrolment ?? (await awaitCredentials({ home, process: 'agent' }, stopping.signal));
  if (credentials === undefined) return;
  const endNote = noteRunning(home.agentDir);

  const boot = randomBytes(8).toString('hex');
  const boots = await BootTimes.read(join(home.agentDir, 'clock.json'), host, () => boot);
  const clock: Clock = new Clock({
    host,
    boots,
    ask: (taken) => publisher.subscribeCommands(taken),
    onChange: () => outbox.resume(),
    raise: (event) => outbox.raise(event),
    log,
  });
  const clients = new ClientPseudonyms(() => host.monotonicMs());
  const publisher: Publisher = new Publisher({
    url,
    credentials,
    boot,
    version,
    now: () => clock.now(),
    random: Math.random,
    log,
    onConnect: () => clock.connected(),
    onCommand: (payload) =>
      handleCommand(payload, {
        told: (time) => clock.told(time),
        pseudonymKey: (key, validMs) => clients.told(key, validMs),
        execute: (command) => commands.take(command),
        log,
      }),
  });
  const { max_bytes, durability, replay_messages_per_second } = config.agent.outbox;
  const outbox = new Outbox({
    dir: home.agentDir,
    maxBytes: max_bytes,
    durability,
    replayMessagesPerSecond: replay_messages_per_second,
    boot,
    machineBoot: boots.machineBoot,
    clock,
    monotonicMs: host.monotonicMs,
    log,
    isConnected: () => publisher.connected,
    publish: (channel, payload) => publisher.publish(channel, payload),
  });
  clock.start();
  const batch = new Batch((samples) => outbox.add(samples));
  const commands: CommandRunner = new CommandRunner({
    executable: createExecutables({
      ...{ host, gateway: url, config: config.agent },
      emit: (metrics) => batch.add(metrics.flatMap((metric) => toSample(metric, host.monotonicMs()) ?? [])),
    }),
    publish: (reply) => publisher.publish('reply', JSON.stringify(reply)),
    now: () => clock.now(),
    log,
  });
  const stopRunner = startRunner({
    host,
    collectors: schedule(config, { gateway: url, publisher, outbox, clock, clients, directory: home.agentDir }),
    emit: (samples) => batch.add(samples),
    random: Math.random,
    log,
  });
  const stopRenewal =
    enrolment === undefined
      ? () => {}
      : startRenewal({
          ...{ enrolment, log, random: Math.random, now: () => clock.now() },
          renewed: (next) => {
            writeEnrolment(home, next);
            publisher.renewed(next);
          },
        });
  const stopInventory = startInventory({ host, publisher, log });
  const stopBaseline = startBaseline({
    host,
    config: config.agent.baseline,
    ownPorts: ownPorts(env),
    raise: (event) => outbox.raise(event),
    log,
  });
  process.send?.({ ready: true });
  log.info({ site: credentials.site, gateway: url, boot, version }, 'the agent runs');

  log.info({ cause: await shutdown }, 'the agent stops');
  await closeAll(log, [
    endNote,
    () => outbox.close(),
    () => clock.stop(),
    () => publisher.close(),
    () => outbox.settle(SETTLE_MS),
    () => batch.flush(),
    () => commands.stop(),
    stopInventory,
    stopBaseline,
    stopRenewal,
    stopRunner,
  ]);
}

interface Parts {
  gateway: string;
  publisher: Publisher;
  outbox: Outbox;
  clock: Clock;
  clients: ClientPseudonyms;
  directory: string;
}

function schedule(config: AgentConfig, parts: Parts): ScheduledCollector[] {
  const { gateway, publisher, outbox, clock, clients, directory } = parts;
  const self = createSelf(() => ({
    outboxMessages: outbox.messages,
    outboxBytes: outbox.bytes,
    outboxDropped: outbox.dropped,
    outboxUndated: outbox.undated,
    published: outbox.published,
    connections: publisher.connections,
    clockSource: clock.source,
    clockSteps: clock.steps,
    clockDifferenceMs: clock.differenceMs,
  }));
  const collectors = createCollectors({ pseudonym: (mac) => clients.of(mac), directory, gateway });
  const configured = collectors.flatMap((collector): ScheduledCollector[] => {
    const section = config.agent.collectors[collector.name];
    if (section === undefined || !section.enabled) return [];
    return [{ collector, intervalSeconds: section.interval_seconds, config: section }];
  });
  return [...configured, { collector: self, intervalSeconds: self.defaultIntervalSeconds, config: {} }];
}
