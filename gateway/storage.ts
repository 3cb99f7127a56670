import { join } from 'node:path';
import { DurableQueue } from '../queue/queue.ts';
import type { Home } from '../runtime/home.ts';
import type { Logger } from '../runtime/log.ts';
import type { GatewayConfig } from './config.ts';
import { StoreClient } from './store/store-client.ts';
import { consumerName } from './store/store-location.ts';

export interface StorageOptions {
  home: Home;
  config: GatewayConfig;
  log: Logger;
  closers: (() => Promise<void> | void)[];
}

/**
 * Opens the stores and the spool before them. The stores come first: their position tells a new spool where to begin, so that
 * none of its messages looks like one that the store has already.
 */
export async function openStorage({
  home,
  config,
  log,
  closers,
}: StorageOptions): Promise<{ queue: DurableQueue; store: StoreClient }> {
  const { gateway } = config;
  const locations = [gateway.store, ...gateway.mirrors];
  const {
    client: store,
    position,
    notes,
  } = await StoreClient.open({
    gatewayDir: home.gatewayDir,
    locations,
    registryPath: join(home.gatewayDir, 'registry.sqlite'),
    retention: gateway.retention,
    duckdb: gateway.duckdb,
  });
  for (const note of notes) log.warn({ code: 'store_misconfigured' }, note);
  const opened: { queue?: DurableQueue } = {};
  // The stores drain the spool once more before it closes.
  closers.push(async () => {
    await store.close();
    await opened.queue?.close();
  });
  const path = join(home.gatewayDir, 'spool.sqlite');
  const queue = await DurableQueue.open({
    path,
    maxBytes: gateway.spool.max_bytes,
    consumers: locations.map(consumerName),
    after: position,
    onDied: (error) => {
      // Without its spool the gateway can acknowledge nothing: let the supervisor start it afresh.
      log.fatal({ err: error }, "the spool's thread died, leaving");
      process.exit(1);
    },
  });
  opened.queue = queue;
  return { queue, store };
}
