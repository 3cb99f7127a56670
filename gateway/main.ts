import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { useBufferPool } from '../runtime/buffer-pool.ts';
import { type Home, writePrivateFile } from '../runtime/home.ts';
import { createLog, type Logger } from '../runtime/log.ts';
import { checkPorts, portFromEnv } from '../runtime/ports.ts';
import { noteRunning } from '../runtime/running.ts';
import { closeAll, shutdownRequested } from '../runtime/shutdown.ts';
import { version } from '../runtime/version.ts';
import { createAccess } from './access/access.ts';
import { prepareFirstRun } from './access/first-run.ts';
import { Alerts } from './alerts/alerts.ts';
import { SpoolAlert } from './alerts/spool-alert.ts';
import { StoreAlert } from './alerts/store-alert.ts';
import { Backups } from './backup/backups.ts';
import { backupsDir } from './backup/folder.ts';
import { runningSource } from './backup/running-source.ts';
import { createCommands } from './commands/create-commands.ts';
import { SelfCommands } from './commands/self-commands.ts';
import { type GatewayConfig, readGatewayConfig } from './config.ts';
import { Exports } from './exports.ts';
import { editorSecret } from './hand-over.ts';
import { lockHome } from './home-lock.ts';
import { LiveFeed } from './http/live-feed.ts';
import { createHttpServer } from './http/server.ts';
import { SeriesIndex } from './ingest/series-index.ts';
import { ApprovalQueue } from './join/approval-queue.ts';
import { DeviceCertifier } from './join/device-certifier.ts';
import { Joining } from './join/joining.ts';
import { networkUrl, type Ports, startListening } from './listen.ts';
import { localDeviceId } from './local-device.ts';
import { collectGarbage } from './memory/collect-garbage.ts';
import { GiveBack } from './memory/give-back.ts';
import { GatewayMetrics } from './metrics.ts';
import { type Pipeline, startPipeline } from './pipeline.ts';
import { ownNames } from './pki/own-names.ts';
import { RevocationList } from './pki/revocation-list.ts';
import { openSiteAuthority } from './pki/site-authority.ts';
import { TlsIdentity } from './pki/tls-identity.ts';
import { Erasures } from './privacy/erasures.ts';
import { PSEUDONYM_KEYS_FILE, PseudonymKeys } from './privacy/pseudonym-keys.ts';
import { PrivacyReports } from './privacy/report/privacy-reports.ts';
import { openRegistry } from './registry/registry.ts';
import { SpoolAcknowledgements } from './spool-acknowledgements.ts';
import { SpoolHealth } from './spool-health.ts';
import { startReflector } from './stamp/start-reflector.ts';
import { openStorage } from './storage.ts';
import type { StoreClient } from './store/store-client.ts';
import { redactLocation } from './store/store-location.ts';
import { startSyslog } from './syslog/start-syslog.ts';
import { startTimers } from './timers.ts';
import { networkAccess, ownCertificateFiles } from './tls-config.ts';

/** Where `vite build` puts the console. */
const CONSOLE_DIR = join(import.meta.dirname, '../dashboards/console/dist');

/** The ports that the environment gives this process. */
interface OwnPorts extends Ports {
  flows: number;
  stamp: number;
  throughput: number;
}

/** What the gateway tells its supervisor once it takes messages and answers. */
export interface GatewayReady {
  ready: true;
  url: string;
  /** Where other machines find it; absent when the gateway is for this machine alone. */
  networkUrl?: string;
  /** On the first run only; it is kept nowhere in clear. */
  adminPassword?: string;
}

/**
 * Runs the gateway until it is told to stop.
 * @throws CampusError for what its administrator can mend: configuration, ports, the home directory
 */
export async function runGateway({ home, env }: { home: Home; env: NodeJS.ProcessEnv }): Promise<void> {
  useBufferPool('gateway');
  const config = readGatewayConfig(home.configFile);
  checkPorts(env);
  const ports: OwnPorts = {
    http: portFromEnv('CAMPUS_HTTP_PORT', env),
    https: portFromEnv('CAMPUS_HTTPS_PORT', env),
    mqtt: portFromEnv('CAMPUS_MQTT_PORT', env),
    mqtts: portFromEnv('CAMPUS_MQTTS_PORT', env),
    flows: portFromEnv('CAMPUS_FLOWS_PORT', env),
    stamp: portFromEnv('CAMPUS_STAMP_PORT', env),
    throughput: portFromEnv('CAMPUS_THROUGHPUT_PORT', env),
  };
  const log = createLog('gateway', config.log.level);
  const stop = shutdownRequested();
  const closers: (() => Promise<void> | void)[] = [];
  try {
    const ready = await start({ home, config, ports, log, closers });
    announce(ready, home, log);
    log.info({ url: ready.url, mqtt_port: ports.mqtt, mqtts_port: ports.mqtts, site: config.site }, 'ready');
    log.info({ cause: await stop }, 'stopping');
  } finally {
    await closeAll(log, closers);
  }
}

interface StartOptions {
  home: Home;
  config: GatewayConfig;
  ports: OwnPorts;
  log: Logger;
  /** How to close what was opened, in the order of opening. */
  closers: (() => Promise<void> | void)[];
}

async function start({ home, config, ports, log, closers }: StartOptions): Promise<GatewayReady> {
  const now = Date.now;
  const startedAt = now();
  const state = { ready: false };
  const { host } = config.gateway.http;
  const address = host.includes(':') ? `[${host}]` : host;
  closers.push(lockHome(home));
  closers.push(noteRunning(home.gatewayDir, { url: `http://${address}:${ports.http}` }));
  const authority = await openSiteAuthority(home, config.site);
  const { tls } = config.gateway;
  const identity = await TlsIdentity.open({
    ...{ home, authority, log, now },
    names: () => ownNames(tls.names),
    revocationUrl: `${networkUrl(config.gateway, ports) ?? `https://localhost:${ports.https}`}/api/v1/ca.crl`,
    own: ownCertificateFiles(tls),
  });
  const registry = openRegistry(join(home.gatewayDir, 'registry.sqlite'), { now });
  closers.push(() => registry.close());
  const access = createAccess(registry, now);
  const agentDevice = localDeviceId(home, config.site, hostname());
  const { credentials, users, db } = registry;
  const { accounts, people } = access;
  // The gateway's own alerts are about its machine, whether or not an agent runs there.
  const knows = (site: string, device: string): boolean =>
    (registry.devices.has(site, device) && credentials.get(`${site}/${device}`)?.revokedAt === undefined) ||
    (site === config.site && device === agentDevice);
  const alerts = new Alerts({ db, knows, random: (bytes) => randomBytes(bytes) });
  const { queue, store } = await openStorage({ home, config, log, closers });
  const taken = new SpoolAcknowledgements(
    { acknowledge: (position, consumer) => queue.acknowledge(position, consumer) },
    (error) => log.error({ err: error }, 'the spool cannot be shortened'),
  );
  const about = { version, site: config.site, store: redactLocation(config.gateway.store) };
  const source = runningSource({ home, store, taken, registry });
  const backups = new Backups({ dir: backupsDir(home), source, ...about, now });
  closers.push(() => backups.close());
  const index = new SeriesIndex(now);
  const live = new LiveFeed();
  const metrics: GatewayMetrics = new GatewayMetrics({
    connections: () => broker.connections,
    series: () => index.size,
    joinRequests: () => approvals.waiting().length,
    spool: () => queue.stats(),
  });
  const spoolAlert = new SpoolAlert({ alerts, site: config.site, device: agentDevice, now });
  const storeAlert = new StoreAlert({ alerts, site: config.site, device: agentDevice, now });
  const spoolHealth = new SpoolHealth(log, spoolAlert);
  const pseudonymKeys = new PseudonymKeys({
    ...{ path: join(home.gatewayDir, PSEUDONYM_KEYS_FILE), days: config.gateway.privacy.pseudonym_days, now },
    random: (bytes) => randomBytes(bytes),
  });
  const { commands, nightly } = createCommands({
    ...{ registry, config, throughputPort: ports.throughput, ownDevice: agentDevice, log, now },
    publish: (topic, payload, how) => broker.publish(topic, payload, how),
  });
  closers.push(() => commands.close());
  const pipeline = {
    ...{
      registry,
      access,
      alerts,
      commands,
      queue,
      taken,
      store,
      index,
      live,
      metrics,
      spoolHealth,
      storeAlert,
      log,
      now,
    },
    pseudonymKeys,
    ownDevice: agentDevice,
  };
  const { broker, retained, departures }: Pipeline = await startPipeline(pipeline, config, closers);
  closers.push(nightly.start());
  const certifier = new DeviceCertifier({ authority, site: config.site, issued: registry.issuedCertificates, now });
  const joining = new Joining({
    ...{ authority, registry, certifier, site: config.site, mqttsPort: ports.mqtts, now },
    url: networkUrl(config.gateway, ports),
    certificates: access.certificates,
  });
  const approvals: ApprovalQueue = new ApprovalQueue({
    ...{ enabled: config.gateway.join.requests, certifier, registry, site: config.site, mqttsPort: ports.mqtts, now },
    refused: (code) => metrics.refusals.inc({ action: 'join-request', code }),
  });
  const http = await createHttpServer({
    registry,
    access,
    alerts,
    commands,
    store,
    backups,
    exports: new Exports(home, store),
    privacyReports: new PrivacyReports({
      ...{ ...about, settings: config.gateway, registry, store, backups, now },
      ...{ spool: queue, keys: pseudonymKeys },
    }),
    joining,
    selfCommands: new SelfCommands({
      ...{ joining, commands, audit: registry.audit, now, monotonicMs: () => performance.now() },
    }),
    revocationList: new RevocationList({ authority, issued: registry.issuedCertificates, now }),
    approvals,
    network: () => networkAccess(home, tls, ports.mqtts),
    latest: index,
    live,
    flowsEditor: { port: ports.flows, secret: editorSecret(home) },
    readiness: () => state.ready && spoolHealth.accepting,
    consoleDir: CONSOLE_DIR,
    metrics: metrics.registry,
    about: { ...about, startedAt },
    ...(tls.host === 'none' ? {} : { identity }),
    log,
    now,
  });
  closers.push(() => http.close());
  const giveBack = createGiveBack(store, log);
  const timed = { registry, access, alerts, spoolAlert, storeAlert, broker, retained, departures, giveBack, log, now };
  closers.push(startTimers({ identity, ...timed }));
  closers.push(
    new Erasures({
      ...{ registry, alerts, retained, store, index, log, now },
      spool: queue,
    }).start(),
  );
  const stopSyslog = startSyslog({
    ...{ db, audit: registry.audit, config: config.gateway.syslog, sender: { hostname: hostname(), version } },
    ...{ lost: (rows) => metrics.syslogLostRows.inc(rows), log, monotonicMs: () => performance.now() },
  });
  if (stopSyslog !== undefined) closers.push(stopSyslog);
  const stopReflector = await startReflector({
    ...{ config: config.gateway.stamp, tlsHost: tls.host, port: ports.stamp, metrics, log },
  });
  if (stopReflector !== undefined) closers.push(stopReflector);
  await startListening({ config: config.gateway, ports, broker, http, identity, closers });
  // Last, for the password it makes is shown once: a start that fails after this point would take it along.
  const firstRun = { home, credentials, users, accounts, people, site: config.site, agentDevice, now };
  const { adminPassword } = await prepareFirstRun(firstRun);
  state.ready = true;
  const reachable = networkUrl(config.gateway, ports);
  return {
    ready: true,
    url: `http://${host.includes(':') ? address : 'localhost'}:${ports.http}`,
    ...(reachable === undefined ? {} : { networkUrl: reachable }),
    ...(adminPassword === undefined ? {} : { adminPassword }),
  };
}

function createGiveBack(store: StoreClient, log: Logger): GiveBack {
  let before = performance.eventLoopUtilization();
  return new GiveBack({
    rss: () => process.memoryUsage.rss(),
    utilisation: () => {
      const now = performance.eventLoopUtilization();
      const { utilization } = performance.eventLoopUtilization(now, before);
      before = now;
      return utilization;
    },
    collect: async () => {
      await store.collectGarbage();
      collectGarbage();
    },
    log,
    elapsed: () => performance.now(),
  });
}

/**
 * The first password goes to the supervisor, which shows it, or straight to the terminal. Standard output that is no terminal is a log,
 * where no password belongs: it goes to a file of its own.
 */
function announce(ready: GatewayReady, home: Home, log: Logger): void {
  if (process.send !== undefined) {
    process.send(ready);
  } else if (ready.adminPassword !== undefined && process.stdout.isTTY) {
    process.stdout.write(`${ready.url}\nadmin / ${ready.adminPassword}\n`);
  } else if (ready.adminPassword !== undefined) {
    const path = join(home.gatewayDir, 'first-password');
    writePrivateFile(path, `${ready.adminPassword}\n`);
    log.info({ path }, 'the password of the first user, admin, is in this file: sign in, then delete it');
  }
}
