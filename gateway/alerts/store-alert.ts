import { STORE_AWAY } from '../../contract/gateway-alerts.ts';
import type { Alerts } from './alerts.ts';

/** A store is missed after this time, ms: a server that is started again or updated is back by then. */
export const AWAY_MS = 5 * 60_000;

export interface StoreAlertOptions {
  alerts: Pick<Alerts, 'handle'>;
  site: string;
  /** The device that this gateway runs on. */
  device: string;
  /** Wall clock, ms. */
  now: () => number;
}

interface StoreState {
  /** When the first failure since its last success was, ms; undefined while it works. */
  awaySince: number | undefined;
  /** Undefined when only a former run could tell. */
  isOpen: boolean | undefined;
}

/** One alert for each store that has been away for minutes: nothing is lost yet, but the spool fills. */
export class StoreAlert {
  readonly #options: StoreAlertOptions;
  readonly #stores = new Map<string, StoreState>();

  constructor(options: StoreAlertOptions) {
    this.#options = options;
  }

  /** A write failed. @param store its name among the spool's consumers, without secrets */
  away(store: string): void {
    const state = this.#stateOf(store);
    state.awaySince ??= this.#options.now();
  }

  /** A write succeeded. */
  back(store: string): void {
    this.#stateOf(store).awaySince = undefined;
  }

  /** Raises and clears what is due; to be called every few seconds. */
  tick(): void {
    const now = this.#options.now();
    for (const [store, state] of this.#stores) {
      const isAway = state.awaySince !== undefined && now - state.awaySince >= AWAY_MS;
      if (isAway && state.isOpen !== true) this.#raise(store, now);
      else if (state.awaySince === undefined && state.isOpen !== false) this.#clear(store, now);
      else continue;
      // Only what was written down counts as done: a full disk lets the next turn try again.
      state.isOpen = isAway;
    }
  }

  #raise(store: string, at: number): void {
    const { alerts, site, device } = this.#options;
    alerts.handle(
      {
        ...{ action: 'raise', rule: STORE_AWAY, device, subject: store.slice(0, 256), at },
        ...{ class: 'facility-fault', sub_class: '技术故障', level: 4 },
        summary: {
          'zh-CN': `网关 ${device} 已超过 5 分钟无法写入存储 ${store}，数据暂存在缓冲队列中。请检查该存储是否运行、磁盘是否已满`,
          en: `The gateway ${device} has not been able to write to ${store} for 5 minutes; data wait in the spool. Check that it runs and has room on its disk`,
        },
        evidence: { value: store.slice(0, 256), for_seconds: AWAY_MS / 1000 },
      },
      site,
      at,
    );
  }

  #clear(store: string, at: number): void {
    const { alerts, site, device } = this.#options;
    const subject = store.slice(0, 256);
    alerts.handle({ action: 'clear', rule: STORE_AWAY, device, subject, evidence: {}, at }, site, at);
  }

  #stateOf(store: string): StoreState {
    let state = this.#stores.get(store);
    if (state === undefined) {
      state = { awaySince: undefined, isOpen: undefined };
      this.#stores.set(store, state);
    }
    return state;
  }
}
