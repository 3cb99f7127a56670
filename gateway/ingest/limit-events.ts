import type { ErrorCode } from '../../contract/errors.ts';
import type { DeviceEvent } from '../../contract/event.ts';
import type { Rejection } from '../../contract/payload.ts';
import type { IngestSource } from './ingest.ts';

/** One event for a device and cause in this time, ms: a device that floods names does so with every message. */
const REPEAT_MS = 3600 * 1000;
/** Devices and causes remembered; past it the oldest is forgotten and may report once more. */
const REMEMBERED = 10_000;

/** Turns a refusal because of too much into an event that an administrator sees: the device needs mending, or is an attacker's. */
export class LimitEvents {
  readonly #raise: (source: IngestSource, event: DeviceEvent) => void;
  readonly #last = new Map<string, number>();

  constructor(raise: (source: IngestSource, event: DeviceEvent) => void) {
    this.#raise = raise;
  }

  /** To be told of every refused payload; `now` in ms. */
  rejected(source: IngestSource, { code, detail }: Rejection, now: number): void {
    const limit = limitTexts.get(code);
    if (limit === undefined) return;
    const key = `${source.site}/${source.device}/${code}`;
    const last = this.#last.get(key);
    if (last !== undefined && now - last < REPEAT_MS) return;
    this.#last.delete(key);
    this.#last.set(key, now);
    if (this.#last.size > REMEMBERED) this.#last.delete(this.#last.keys().next().value ?? '');
    this.#raise(source, {
      type: limit.type,
      class: 'anomaly',
      level: 4,
      summary: {
        'zh-CN': `设备 ${source.device} 上报的${limit.zh}超出上限，新增部分已拒收`,
        en: `${source.device} reports more ${limit.en} than allowed; the new ones were refused`,
      },
      facts: { detail },
      at: now,
    });
  }
}

/** What is too much, by the code of the refusal. */
const limitTexts: ReadonlyMap<ErrorCode, { type: string; en: string; zh: string }> = new Map([
  ['series_limit', { type: 'series-limit', en: 'series', zh: '序列' }],
  ['field_limit', { type: 'field-limit', en: 'fields', zh: '字段' }],
  ['event_limit', { type: 'event-limit', en: 'events', zh: '事件' }],
]);
