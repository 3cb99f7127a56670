import type { DeviceEvent } from '../../contract/event.ts';
import type { Rejection } from '../../contract/payload.ts';
import type { IngestSource } from './ingest.ts';

/** One event for a device and cause in this time, ms: a device that floods names does so with every message. */
const REPEAT_MS = 3600 * 1000;
/** Devices and causes remembered; past it the oldest is forgotten and may report once more. */
const REMEMBERED = 10_000;

/** Turns a refusal by a cardinality bound into an event that an administrator sees: the device needs mending, or is an attacker's. */
export class LimitEvents {
  readonly #raise: (source: IngestSource, event: DeviceEvent) => void;
  readonly #last = new Map<string, number>();

  constructor(raise: (source: IngestSource, event: DeviceEvent) => void) {
    this.#raise = raise;
  }

  /** To be told of every refused payload; `now` in ms. */
  rejected(source: IngestSource, { code, detail }: Rejection, now: number): void {
    if (code !== 'series_limit' && code !== 'field_limit') return;
    const key = `${source.site}/${source.device}/${code}`;
    const last = this.#last.get(key);
    if (last !== undefined && now - last < REPEAT_MS) return;
    this.#last.delete(key);
    this.#last.set(key, now);
    if (this.#last.size > REMEMBERED) this.#last.delete(this.#last.keys().next().value ?? '');
    this.#raise(source, {
      type: code === 'series_limit' ? 'series-limit' : 'field-limit',
      class: 'anomaly',
      level: 4,
      summary: {
        'zh-CN': `设备 ${source.device} 上报的${code === 'series_limit' ? '序列' : '字段'}超出上限，新增部分已拒收`,
        en: `${source.device} reports more ${code === 'series_limit' ? 'series' : 'fields'} than allowed; the new ones were refused`,
      },
      facts: { detail },
      at: now,
    });
  }
}
