import type { LocalText } from '../contract/alert.ts';
import type { DeviceEvent } from '../contract/event.ts';
import type { Logger } from '../runtime/log.ts';

/** What a store did not take for good. */
type Loss = 'message' | 'value';

/**
 * One event of a kind and store in this time, ms, with the number since the last: messages are few and somebody has to look; a field that
 * a store cannot hold is left out with every message.
 */
const EVERY_MS: Readonly<Record<Loss, number>> = { message: 10 * 60_000, value: 24 * 3600_000 };

export interface StoreLossesOptions {
  log: Logger;
  /** Wall clock, ms. */
  now: () => number;
  /** A clock that nobody sets, ms. */
  monotonicMs: () => number;
  /** Keeps an event of the gateway itself. */
  raise: (event: DeviceEvent) => void;
}

/** Tells people, by events at a bounded rate, that a store leaves out what the gateway has acknowledged. */
export class StoreLosses {
  readonly #options: StoreLossesOptions;
  readonly #untold = new Map<string, { count: number; toldAt: number }>();

  constructor(options: StoreLossesOptions) {
    this.#options = options;
  }

  /** @param count messages that the store did not take, or values that it left out */
  add(loss: Loss, store: string, count: number): void {
    if (count === 0) return;
    const name = `${loss} ${store}`;
    const entry = this.#untold.get(name) ?? { count: 0, toldAt: Number.NEGATIVE_INFINITY };
    this.#untold.set(name, entry);
    entry.count += count;
    const at = this.#options.monotonicMs();
    if (at - entry.toldAt < EVERY_MS[loss] || !this.#tell(loss, store, entry.count)) return;
    entry.count = 0;
    entry.toldAt = at;
  }

  #tell(loss: Loss, store: string, count: number): boolean {
    const { raise, now, log } = this.#options;
    try {
      raise({
        ...{ type: `store-left-out-${loss}s`, class: 'facility-fault', sub_class: '技术故障', level: 4 },
        ...{ at: now(), summary: summaryOf(loss, store, count), facts: { store, count } },
      });
      return true;
    } catch (error) {
      // A full disk must not stop the stores; the next loss tries again, and the log and the figures have it all the same.
      log.error({ err: error }, 'the event could not be written down');
      return false;
    }
  }
}

function summaryOf(loss: Loss, store: string, count: number): LocalText {
  if (loss === 'message') {
    return {
      'zh-CN': `存储 ${store} 未能收录 ${count} 条消息，已搁置并列入拒收记录`,
      en: `${store} did not take ${count} messages; they were set aside and stand among the rejects`,
    };
  }
  return {
    'zh-CN': `存储 ${store} 未收录 ${count} 个数值：类型与已有字段不符，或超出该存储的限制`,
    en: `${store} left out ${count} values: of a type that it cannot hold, or beyond a limit of its own`,
  };
}
