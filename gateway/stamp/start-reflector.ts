import { Worker } from 'node:worker_threads';
import type { Logger } from '../../runtime/log.ts';
import { listenError } from '../../runtime/ports.ts';
import type { GatewayMetrics } from '../metrics.ts';
import type { StampConfig } from './stamp-config.ts';
import type { FromStampWorker, StampWorkerData } from './worker.ts';

/** Packets pass through this thread and die young. */
const YOUNG_GENERATION_MB = 2;

export interface StartReflectorOptions {
  config: StampConfig;
  /** `gateway.tls.host`: all, none or an address. */
  tlsHost: string;
  port: number;
  metrics: Pick<GatewayMetrics, 'stampReflected' | 'stampRefused'>;
  log: Logger;
}

/**
 * Starts the reflector in a thread of its own. A port that cannot be had is told in the log and ends nothing else: agents then measure the path by TCP.
 * @returns how to stop it, once it listens or has failed; undefined where it is switched off, or nobody else can reach the gateway
 */
export async function startReflector(options: StartReflectorOptions): Promise<(() => Promise<void>) | undefined> {
  const { config, tlsHost, port, metrics, log } = options;
  if (!config.enabled || tlsHost === 'none') return undefined;
  const host = tlsHost === 'all' ? undefined : tlsHost;
  const data: StampWorkerData = { host, port, sources: config.sources };
  const worker = new Worker(new URL('./worker.ts', import.meta.url), {
    workerData: data,
    resourceLimits: { maxYoungGenerationSizeMb: YOUNG_GENERATION_MB },
  });
  const started = Promise.withResolvers<void>();
  worker.on('message', (message: FromStampWorker) => {
    if (message.kind === 'counts') {
      metrics.stampReflected.inc(message.counts.reflected);
      for (const [reason, count] of Object.entries(message.counts.refused)) metrics.stampRefused.inc({ reason }, count);
      return;
    }
    if (message.kind === 'failed') {
      const failure = Object.assign(new Error(message.message), { code: message.code });
      const error = listenError(failure, 'CAMPUS_STAMP_PORT', host ?? 'this machine', port);
      log.warn({ err: error }, 'paths to this gateway cannot be measured by STAMP');
    }
    started.resolve();
  });
  worker.on('error', (error) => {
    log.error({ err: error }, "the reflector's thread died: paths to this gateway cannot be measured by STAMP");
    started.resolve();
  });
  await started.promise;
  return async () => {
    await worker.terminate();
  };
}
