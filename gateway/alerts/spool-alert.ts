import type { LocalText } from '../../contract/alert.ts';
import type { CampusError } from '../../contract/errors.ts';
import { SPOOL_BLOCKED } from '../../contract/gateway-alerts.ts';
import type { Alerts } from './alerts.ts';

/**
 * The alert ends when a message was taken and none refused for this long, ms. In a full spool a small message finds room where the next
 * does not, and the agents come back 38 s apart at most: with less it would come and go.
 */
export const CALM_MS = 60_000;

export interface SpoolAlertOptions {
  alerts: Pick<Alerts, 'handle'>;
  site: string;
  /** The device that this gateway runs on. */
  device: string;
  /** Wall clock, ms. */
  now: () => number;
}

/** The one alert about a gateway that takes no messages, in place of one for each device that it sends away. */
export class SpoolAlert {
  readonly #options: SpoolAlertOptions;
  #code: CampusError['code'] | undefined;
  #refusedAt: number;
  #takenAt: number | undefined;
  /** A former run may have left the alert open. */
  #mayBeOpen = true;

  constructor(options: SpoolAlertOptions) {
    this.#options = options;
    this.#refusedAt = options.now();
  }

  /** A message was committed. */
  taken(): void {
    this.#takenAt = this.#options.now();
  }

  /** A message could not be committed. Raises the alert, or says so when the cause is another than before. */
  refused(code: CampusError['code']): void {
    const { alerts, site, device, now } = this.#options;
    this.#refusedAt = now();
    this.#mayBeOpen = true;
    if (this.#code === code) return;
    alerts.handle(
      {
        ...{ action: 'raise', rule: SPOOL_BLOCKED, device, subject: '', at: this.#refusedAt },
        ...{ class: 'facility-fault', sub_class: '技术故障', level: 4 },
        summary: summaryOf(device, code),
        evidence: { value: code },
      },
      site,
      this.#refusedAt,
    );
    this.#code = code;
  }

  /** Clears the alert when its time has come; to be called every few seconds. */
  tick(): void {
    const { alerts, site, device, now } = this.#options;
    const at = now();
    const calm = this.#takenAt !== undefined && this.#takenAt >= this.#refusedAt && at - this.#refusedAt >= CALM_MS;
    if (!this.#mayBeOpen || !calm) return;
    alerts.handle({ action: 'clear', rule: SPOOL_BLOCKED, device, subject: '', evidence: {}, at }, site, at);
    this.#code = undefined;
    this.#mayBeOpen = false;
  }
}

function summaryOf(device: string, code: CampusError['code']): LocalText {
  if (code === 'queue_full') {
    return {
      'zh-CN': `网关 ${device} 的缓冲队列已满，暂停接收数据，设备会自行保留数据。请检查数据库及镜像存储是否可用`,
      en: `The gateway ${device} takes no data: its spool is full; devices keep theirs. Check that the store and its mirrors answer`,
    };
  }
  return {
    'zh-CN': `网关 ${device} 无法写入磁盘，暂停接收数据，设备会自行保留数据。请检查磁盘空间和磁盘状态`,
    en: `The gateway ${device} takes no data: it cannot write its disk; devices keep theirs. Check the disk and the room on it`,
  };
}
