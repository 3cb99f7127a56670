import type { DeviceEvent } from '../contract/event.ts';
import type { Damage } from '../queue/queue.ts';
import type { Logger } from '../runtime/log.ts';
import type { GatewayMetrics } from './metrics.ts';

export interface SpoolDamageOptions {
  metrics: GatewayMetrics;
  log: Logger;
  /** Wall clock, ms. */
  now: () => number;
  /** Keeps an event of the gateway itself. */
  raise: (event: DeviceEvent) => void;
}

/** Tells people what a damaged spool has cost: acknowledged messages are gone, and no device will send them again. */
export class SpoolDamage {
  readonly #options: SpoolDamageOptions;

  constructor(options: SpoolDamageOptions) {
    this.#options = options;
  }

  /** The spool's file was damaged when it was opened. */
  found({ setAside, saved, lost }: Damage): void {
    const { log, metrics } = this.#options;
    metrics.lostMessages.inc(lost);
    log.error(
      { code: 'queue_damaged', path: setAside, saved, lost },
      'the spool was damaged and set aside: what could be read goes on in a new one',
    );
    this.#raise({
      summary: {
        'zh-CN': `网关缓存文件已损坏并隔离：抢救出 ${saved} 条消息，至少丢失 ${lost} 条`,
        en: `The gateway’s spool was damaged and set aside: ${saved} messages were saved, at least ${lost} are lost`,
      },
      facts: { saved, lost, file: setAside },
    });
  }

  /** A store found messages in the spool that read as nothing. */
  unreadable(store: string, messages: number): void {
    const { log, metrics } = this.#options;
    metrics.damagedMessages.inc({ store }, messages);
    log.error({ code: 'queue_damaged', store, lost: messages }, 'messages could not be read back from the spool');
    this.#raise({
      summary: {
        'zh-CN': `网关缓存中有 ${messages} 条消息已损坏，无法写入存储`,
        en: `${messages} messages in the gateway’s spool are damaged and did not reach the store`,
      },
      facts: { store, lost: messages },
    });
  }

  #raise(what: Pick<DeviceEvent, 'summary' | 'facts'>): void {
    const { raise, now, log } = this.#options;
    const kind = { type: 'spool-damaged', class: 'facility-fault', sub_class: '技术故障', level: 4 } as const;
    try {
      raise({ ...kind, at: now(), ...what });
    } catch (error) {
      // A full disk must not keep the gateway from starting; the log and the figures have it all the same.
      log.error({ err: error }, 'the event could not be written down');
    }
  }
}
