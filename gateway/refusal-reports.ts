import { withoutMacs } from '../contract/mac-address.ts';
import type { Rejection } from '../contract/payload.ts';
import { parseTopic } from '../contract/topics.ts';
import type { Logger } from '../runtime/log.ts';
import { principalActor } from './access/principal.ts';
import type { Refusal } from './broker/broker.ts';
import { TokenBucket } from './broker/token-bucket.ts';
import type { IngestSource } from './ingest/ingest.ts';
import type { GatewayMetrics } from './metrics.ts';
import type { Registry } from './registry/registry.ts';

/** Lines of the log about refusals: an attack fills neither the disk nor the journal; `/metrics` counts all of it. */
const LOG_LINES = { perSecond: 1, burst: 30 } as const;
/** Bytes of a refused payload that are kept, to recognise it by. */
const SAMPLE_BYTES = 200;

export interface RefusalReportsOptions {
  registry: Pick<Registry, 'audit' | 'rejects'>;
  metrics: GatewayMetrics;
  log: Logger;
  /** Wall clock, ms. */
  now: () => number;
}

/** Where everything that was not taken is written down: what a device got wrong in `rejects`, what a client may not do in the audit log. */
export class RefusalReports {
  readonly #options: RefusalReportsOptions;
  readonly #lines: TokenBucket;

  constructor(options: RefusalReportsOptions) {
    this.#options = options;
    this.#lines = new TokenBucket(LOG_LINES.perSecond, LOG_LINES.burst, options.now());
  }

  /** A payload was refused. It was acknowledged, for sending it again would not mend it, unless it is `mendable`. */
  rejected({ site, device, topic }: IngestSource, { code, detail }: Rejection, payload: Uint8Array): void {
    const { registry, metrics, now } = this.#options;
    metrics.rejects.inc({ code });
    const sample = printable(payload.subarray(0, SAMPLE_BYTES));
    this.#keep(() => registry.rejects.add({ site, device, topic, code, detail, time: now(), sample }));
  }

  /** A client did what it may not do; where it was about a message, that is a reject as well. */
  refused(refusal: Refusal): void {
    const { registry, metrics, log, now } = this.#options;
    const { action, code, detail, target, address, username, principal } = refusal;
    metrics.refusals.inc({ action, code });
    const actor = principal === undefined ? `mqtt:${username || 'anonymous'}` : principalActor(principal);
    this.#keep(() =>
      registry.audit.record({
        actor,
        address,
        action: `mqtt.${action}`,
        target,
        outcome: 'refused',
        detail: `${code}: ${detail}`,
      }),
    );
    // Nobody can be erased from the process's log, so who it was stands in the audit log alone.
    if (this.#lines.tryTake(now())) log.warn({ action, code }, 'a client was refused: the audit log says which');
    if (action !== 'publish' && action !== 'packet') return;
    metrics.rejects.inc({ code });
    const topic = parseTopic(target);
    const from = principal?.kind === 'device' ? principal : topic?.kind === 'channel' ? topic : undefined;
    const { site, device } = from ?? {};
    this.#keep(() => registry.rejects.add({ site, device, topic: target, code, detail, time: now() }));
  }

  /** A full or locked disk must not stop what this report is about; the log and the figures count it all the same. */
  #keep(write: () => void): void {
    try {
      write();
    } catch (error) {
      this.#options.log.error({ err: error }, 'a refusal could not be written down');
    }
  }
}

/** Bytes as text that shows on one line, without MAC addresses; what is no text shows as `·`. */
function printable(bytes: Uint8Array): string {
  return withoutMacs(new TextDecoder().decode(bytes).replace(/[\p{Cc}\uFFFD]/gu, '·'));
}
