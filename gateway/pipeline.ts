import type { AlertRequest } from '../contract/alert.ts';
import { CampusError } from '../contract/errors.ts';
import type { DeviceEvent } from '../contract/event.ts';
import type { Rejection } from '../contract/payload.ts';
import { alertRequestTopic, channelTopic } from '../contract/topics.ts';
import type { DurableQueue } from '../queue/queue.ts';
import type { Logger } from '../runtime/log.ts';
import type { Access } from './access/access.ts';
import type { Alerts } from './alerts/alerts.ts';
import type { StoreAlert } from './alerts/store-alert.ts';
import { Broker } from './broker/broker.ts';
import type { Commands } from './commands/commands.ts';
import type { GatewayConfig } from './config.ts';
import { Departures, RETURN_MS } from './departures.ts';
import type { LiveFeed } from './http/live-feed.ts';
import { Channels } from './ingest/channels.ts';
import { EventLimits } from './ingest/event-limits.ts';
import { Ingest, type IngestSource } from './ingest/ingest.ts';
import { LimitEvents } from './ingest/limit-events.ts';
import { SampleTimes } from './ingest/sample-times.ts';
import type { SeriesIndex } from './ingest/series-index.ts';
import type { GatewayMetrics } from './metrics.ts';
import { KeyService } from './privacy/key-service.ts';
import { PersonalGuard } from './privacy/personal-guard.ts';
import type { PseudonymKeys } from './privacy/pseudonym-keys.ts';
import { RefusalReports } from './refusal-reports.ts';
import type { Registry } from './registry/registry.ts';
import { Retained } from './retained.ts';
import type { SpoolAcknowledgements } from './spool-acknowledgements.ts';
import { SpoolDamage } from './spool-damage.ts';
import type { SpoolHealth } from './spool-health.ts';
import { decodePoints } from './store/point-reader.ts';
import type { StoreClient } from './store/store-client.ts';
import { StoreLosses } from './store-losses.ts';
import { TimeService } from './time-service.ts';
import { watchStore } from './watch-store.ts';

export interface PipelineOptions {
  registry: Registry;
  access: Access;
  alerts: Alerts;
  /** Takes what devices answer. */
  commands: Pick<Commands, 'reply'>;
  queue: DurableQueue;
  /** What the stores have taken of the queue. */
  taken: SpoolAcknowledgements;
  store: StoreClient;
  index: SeriesIndex;
  live: LiveFeed;
  metrics: GatewayMetrics;
  pseudonymKeys: PseudonymKeys;
  spoolHealth: SpoolHealth;
  storeAlert: StoreAlert;
  /** The gateway's own machine, as a device: what happens to the gateway itself is told of it. */
  ownDevice: string;
  log: Logger;
  /** Wall clock, ms. */
  now: () => number;
}

/** What others need of it. */
export interface Pipeline {
  broker: Broker;
  retained: Retained;
  departures: Departures;
}

/**
 * Ties the path of a message together: broker → access → ingest → spool → stores, and beside it registry, alerts and the live feed.
 * The broker does not listen yet when this resolves; its retained messages are in place.
 */
export async function startPipeline(
  options: PipelineOptions,
  config: GatewayConfig,
  closers: (() => Promise<void> | void)[],
): Promise<Pipeline> {
  const {
    registry,
    access,
    alerts,
    queue,
    taken,
    store,
    index,
    metrics,
    spoolHealth,
    storeAlert,
    ownDevice,
    log,
    now,
  } = options;
  const { devices, events } = registry;
  const departures = new Departures(RETURN_MS);
  const reports = new RefusalReports({ registry, metrics, log, now });
  const raise = (event: DeviceEvent): void => void events.add(config.site, ownDevice, event, now());
  const spoolDamage = new SpoolDamage({ metrics, log, now, raise });
  if (queue.damage !== undefined) spoolDamage.found(queue.damage);
  watchStore({
    store,
    taken,
    metrics,
    spoolDamage,
    storeAlert,
    losses: new StoreLosses({ log, now, monotonicMs: () => performance.now(), raise }),
    log,
    refused: (key, rejection, body) => {
      const [site = '', device = ''] = key.split('/');
      reports.rejected({ site, device, topic: channelTopic(site, device, 'telemetry') }, rejection, body);
    },
  });
  await store.start(queue.path);
  await seed(index, store, log);
  const publish: Broker['publish'] = (topic, payload, how) => broker.publish(topic, payload, how);
  const channels = createChannels(options, reports, {
    forward: publish,
    forwardTelemetry: (source, payload) => broker.forwardTelemetry(source, payload),
  });
  const timeService = new TimeService({ publish, now, monotonicMs: () => performance.now(), log });
  const keyService = new KeyService({
    keys: options.pseudonymKeys,
    publish,
    isAgent: (site, device) => devices.get(site, device)?.state !== undefined,
  });
  const broker: Broker = await Broker.create({
    authenticate: (username, password) => access.authenticator.authenticate(username, password),
    certified: (certificate) => access.certificates.admit(certificate),
    receive: async (principal, topic, payload) => {
      // A state may be the will of a device that is gone: `setState` knows which one says that the device is there.
      const state = topic.endsWith('/state');
      if (!state && principal.kind === 'device' && devices.seen(principal.site, principal.device, now())) {
        // Devices may be called after people, and nobody can be erased from the process's log: it names neither.
        log.info({ site: principal.site }, 'a device reported for the first time');
      }
      try {
        await channels.receive(topic, payload);
      } catch (error) {
        spoolHealth.failed(error);
        throw error;
      }
    },
    refused: (refusal) => reports.refused(refusal),
    failed: (error) => log.error({ err: error }, 'the registry cannot be written; the gateway goes on'),
    connected: (principal) => {
      if (principal.kind !== 'device') return;
      departures.returned(principal);
      devices.setConnected(principal.site, principal.device, true, now());
    },
    subscribed: (principal, filter) => {
      if (principal.kind !== 'device') return;
      timeService.subscribed(principal.site, principal.device, filter);
      keyService.subscribed(principal.site, principal.device, filter);
    },
    disconnected: (principal) => {
      if (principal.kind === 'device') devices.setConnected(principal.site, principal.device, false, now());
    },
    notForwarded: () => metrics.notForwarded.inc(),
    withheld: (principal) => {
      if (principal.kind === 'device') departures.left(principal, now());
    },
    bans: access.bans,
    messagesPerSecond: config.gateway.mqtt.messages_per_second,
    connectsPerSecond: config.gateway.mqtt.connections_per_second,
    bytesPerSecond: config.gateway.mqtt.bytes_per_second,
  });
  closers.push(() => broker.close());
  closers.push(timeService.start());
  closers.push(keyService.start());
  const retained = new Retained({ broker, registry, alerts });
  retained.restore();
  alerts.onChange((alert) => retained.alert(alert));
  return { broker, retained, departures };
}

/** What the store knows already; a store that is away at the start is asked no second time, the next samples tell. */
async function seed(index: SeriesIndex, store: StoreClient, log: Logger): Promise<void> {
  try {
    index.seedFields(await store.fieldTypes());
    index.seedPoints(await store.latest({}));
  } catch (error) {
    log.warn({ err: error }, 'the store does not answer yet: the latest values appear as devices report');
  }
}

function createChannels(
  {
    registry,
    alerts,
    commands,
    queue,
    store,
    index,
    live,
    metrics,
    pseudonymKeys,
    spoolHealth,
    log,
    now,
  }: PipelineOptions,
  reports: RefusalReports,
  { forward, forwardTelemetry }: { forward: Broker['publish']; forwardTelemetry: Broker['forwardTelemetry'] },
): Channels {
  const { devices, inventories, events } = registry;
  const eventLimits = new EventLimits();
  const limitEvents = new LimitEvents((source, event) => events.add(source.site, source.device, event, now(), false));
  const rejected = (source: IngestSource, rejection: Rejection, payload: Uint8Array): void => {
    reports.rejected(source, rejection, payload);
    limitEvents.rejected(source, rejection, now());
  };
  const monotonicMs = (): number => performance.now();
  const ingest = new Ingest({
    queue,
    index,
    guard: new PersonalGuard({
      pseudonym: (site, mac) => pseudonymKeys.pseudonym(site, mac),
      ownMacs: (site, device) => inventories.macsOf(site, device),
    }),
    now,
    monotonicMs,
    times: new SampleTimes({ now, monotonicMs, furthest: devices.lastHeard() }),
    events: {
      rejected,
      // Flows look at fresh values only: losing one on the way to them costs the next sample's interval, not data.
      accepted: forwardTelemetry,
      duplicate: () => metrics.duplicates.inc(),
      replaced: (values) => metrics.pseudonymisedValues.inc(values),
      stored: ({ site, device }, { body, records }) => {
        spoolHealth.succeeded();
        store.arrived();
        metrics.messages.inc();
        metrics.metrics.inc(records.length);
        if (live.hasListeners)
          live.publish({ type: 'telemetry', site, device, points: decodePoints(site, device, body) });
      },
    },
  });
  return new Channels(ingest, {
    state: ({ site, device }, state) => devices.setState(site, device, state, now()),
    inventory: (source, inventory, payload) => {
      if (inventories.put(source.site, source.device, inventory, now()) !== 'too-often') return;
      rejected(
        source,
        { code: 'rate_limited', detail: 'expected an inventory that changes a few times an hour' },
        payload,
      );
    },
    refuseEvent: ({ site, device }, payload) => eventLimits.refusal(`${site}/${device}`, payload, performance.now()),
    event: (source, event, payload) => {
      const outcome = events.add(source.site, source.device, event, now());
      if (outcome === 'duplicate') metrics.duplicates.inc();
      if (outcome === 'full') {
        const detail = 'the share of this device is full of security events';
        rejected(source, { code: 'event_limit', detail }, payload);
      }
      return outcome === 'kept';
    },
    reply: (source, reply) => commands.reply(source, reply),
    alertRequest: (site, request) => handleAlert(site, request),
    forward,
    rejected,
  });

  function handleAlert(site: string, request: AlertRequest): void {
    try {
      const { alert, changed } = alerts.handle(request, site, now());
      if (changed) log.info({ rule: request.rule, alert: alert?.id, state: alert?.state }, 'alert');
    } catch (error) {
      if (!(error instanceof CampusError)) throw error;
      const source = { site, device: 'flows', topic: alertRequestTopic(site) };
      if (error.code === 'not_found') {
        // The device was removed, maybe while the flows were away: told so again, they forget it. An erased one must not be named here anew.
        forward(channelTopic(site, request.device, 'state'), Buffer.alloc(0), { qos: 1, retain: true });
        const detail = `${request.rule}: expected a device that has reported and still may, got another`;
        reports.rejected(source, { code: error.code, detail }, Buffer.alloc(0));
        return;
      }
      reports.rejected(source, { code: error.code, detail: error.message }, Buffer.from(JSON.stringify(request)));
    }
  }
}
