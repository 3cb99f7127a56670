import type { Rejection } from '../contract/payload.ts';
import type { Logger } from '../runtime/log.ts';
import type { StoreAlert } from './alerts/store-alert.ts';
import type { GatewayMetrics } from './metrics.ts';
import type { SpoolAcknowledgements } from './spool-acknowledgements.ts';
import type { SpoolDamage } from './spool-damage.ts';
import type { StoreClient } from './store/store-client.ts';
import type { StoreLosses } from './store-losses.ts';

/** Passes the stores' progress on to the spool, which deletes what every store has, and tells when one is away. */
export function watchStore({
  store,
  taken,
  metrics,
  spoolDamage,
  storeAlert,
  losses,
  log,
  refused,
}: {
  store: StoreClient;
  taken: SpoolAcknowledgements;
  metrics: GatewayMetrics;
  spoolDamage: SpoolDamage;
  storeAlert: StoreAlert;
  losses: StoreLosses;
  log: Logger;
  /** Told of a message that a store cannot hold. */
  refused: (key: string, rejection: Rejection, body: Uint8Array) => void;
}): void {
  const away = new Set<string>();
  store.on('drained', (consumer, { position, points, skipped, damaged }) => {
    metrics.storedPoints.inc({ store: consumer }, points);
    metrics.skippedValues.inc({ store: consumer }, skipped);
    if (damaged > 0) spoolDamage.unreadable(consumer, damaged);
    losses.add('value', consumer, skipped);
    storeAlert.back(consumer);
    if (away.delete(consumer)) log.info({ store: consumer }, 'the store is back');
    taken.acknowledge(position, consumer);
  });
  store.on('set-aside', (consumer, { key, body, code, message }) => {
    log.error({ code, store: consumer }, `a message that the store does not take was set aside: ${message}`);
    losses.add('message', consumer, 1);
    refused(key, { code, detail: `${consumer}: ${message}`.slice(0, 300) }, body);
  });
  store.on('taken-after-all', (consumer, messages) => {
    log.info({ store: consumer, messages }, 'the store has taken messages that had been set aside');
  });
  store.on('away', (consumer, message, retryInMs) => {
    metrics.storeFailures.inc({ store: consumer });
    storeAlert.away(consumer);
    if (!away.has(consumer))
      log.error({ store: consumer, retry_in_ms: retryInMs }, `${message}; data wait in the spool`);
    away.add(consumer);
  });
  store.on('maintenance-failed', (message) => log.warn(`store maintenance failed: ${message}`));
  store.on('died', (error) => {
    // What was acknowledged is in the spool. Going on without stores would fill it silently: let the supervisor start afresh.
    log.fatal({ err: error }, "the store's thread died, leaving");
    process.exit(1);
  });
}
