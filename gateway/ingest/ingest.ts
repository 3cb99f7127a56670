import { CampusError } from '../../contract/errors.ts';
import { limits } from '../../contract/limits.ts';
import { isRejection, type Rejection } from '../../contract/payload.ts';
import { checkTelemetry, decodeTelemetry, type Telemetry, type TimeBounds } from '../../contract/telemetry.ts';
import type { DurableQueue } from '../../queue/queue.ts';
import { SequenceWindows } from '../../queue/sequence-windows.ts';
import type { Guarded, PersonalGuard } from '../privacy/personal-guard.ts';
import { pointsOf, spoolKey } from '../store/batch.ts';
import type { Point } from '../store/store.ts';
import { type Encoded, Encoder } from './encoder.ts';
import type { SampleTimes } from './sample-times.ts';
import type { PointRejection, SeriesIndex } from './series-index.ts';
import { SpoolEntrance } from './spool-entrance.ts';

export interface IngestSource {
  site: string;
  device: string;
  topic: string;
}

export interface IngestEvents {
  /** A payload, or some metrics of one, were refused. */
  rejected: (source: IngestSource, rejection: Rejection, payload: Uint8Array) => void;
  /** A message will be stored, if the disk takes it: rules may look at it without waiting for that. A numbered one is told once. */
  accepted: (source: IngestSource, payload: Uint8Array) => void;
  /** A message is on the disk. */
  stored: (source: IngestSource, message: Encoded) => void;
  duplicate: (source: IngestSource) => void;
  /** MAC addresses in values of a message were replaced by pseudonyms. */
  replaced: (values: number) => void;
}

export interface IngestOptions {
  queue: DurableQueue;
  index: SeriesIndex;
  events: IngestEvents;
  guard: Pick<PersonalGuard, 'trusts' | 'clean'>;
  /** Wall clock, ms. */
  now: () => number;
  /** A clock that nobody sets, ms. */
  monotonicMs: () => number;
  /** Which times a sample may have. */
  times: Pick<SampleTimes, 'bounds'>;
}

export type IngestOutcome = 'stored' | 'duplicate' | 'rejected';

/** Takes telemetry from the broker to the spool. What it returns `stored` for is on the disk. */
export class Ingest {
  readonly #options: IngestOptions;
  readonly #encoder: Encoder;
  readonly #entrance: SpoolEntrance;
  readonly #handedOver = new SequenceWindows();

  constructor(options: IngestOptions) {
    this.#options = options;
    this.#encoder = new Encoder(options.index, options.guard);
    this.#entrance = new SpoolEntrance(options.queue, options.monotonicMs);
  }

  /**
   * Checks a payload and commits it to the spool.
   * @throws CampusError `queue_full` or `queue_failed`: nothing was stored, the sender must keep the message; the same for a timestamp
   * out of bounds of a sender that follows the gateway's time
   */
  async submit(source: IngestSource, payload: Uint8Array): Promise<IngestOutcome> {
    const { events, index } = this.#options;
    const now = this.#options.now();
    // What is decoded is let go of before the wait for the disk: a message that waits is its bytes alone.
    const message = this.#encode(source, payload);
    if (message === undefined) return 'rejected';
    const key = spoolKey(source.site, source.device);
    if (this.#isFirst(key, message)) events.accepted(source, message.cleaned ?? payload);
    let outcome: 'stored' | 'duplicate';
    try {
      outcome = await this.#append(key, message, now);
    } catch (error) {
      for (const { series } of message.records) index.release(series);
      throw error;
    }
    if (outcome === 'duplicate') {
      for (const { series } of message.records) index.release(series);
      events.duplicate(source);
      return outcome;
    }
    for (const record of message.records) index.update(message.body, record);
    events.stored(source, message);
    return outcome;
  }

  /** A payload as it goes into the spool; undefined when nothing of it may be stored, which has been told. */
  #encode(source: IngestSource, payload: Uint8Array): Encoded | undefined {
    const { events, index } = this.#options;
    const decoded = decodeTelemetry(payload);
    if (isRejection(decoded)) {
      events.rejected(source, decoded, payload);
      return undefined;
    }
    const times = this.#options.times.bounds();
    const message =
      this.#encoder.known(source, decoded.value, times) ?? this.#encodeNew(source, decoded.value, { payload, times });
    if (message === undefined || !index.isTooLarge(message.body, message.records)) return message;
    const detail = `expected at most ${limits.latestBytesPerDevice} bytes in the newest values of one device`;
    for (const { series } of message.records) index.release(series);
    events.rejected(source, { code: 'series_limit', detail }, payload);
    return undefined;
  }

  /** False for a message that the rules have had since the start: a repeat, or one that had to come again because the spool was full. */
  #isFirst(key: string, { boot, seq }: Encoded): boolean {
    return boot === undefined || seq === undefined || this.#handedOver.add(key, boot, seq);
  }

  /** Checks a message with something new in it against the schema and the bounds; undefined when nothing of it may be stored. */
  #encodeNew(
    source: IngestSource,
    json: unknown,
    { payload, times }: { payload: Uint8Array; times: TimeBounds },
  ): Encoded | undefined {
    const telemetry = checkTelemetry(json, times);
    if (isRejection(telemetry)) {
      this.#options.events.rejected(source, telemetry, payload);
      if (telemetry.mendable) throw new CampusError(telemetry.code, telemetry.detail);
      return undefined;
    }
    const { metrics, replaced } = this.#clean(source, telemetry, payload);
    const points = pointsOf(source.site, source.device, { ...telemetry, metrics });
    const admitted = this.#admit(source, points, payload);
    if (admitted.length === 0) return undefined;
    const encoded = this.#encoder.admitted(admitted, telemetry);
    if (metrics === telemetry.metrics) return encoded;
    if (replaced > 0) this.#options.events.replaced(replaced);
    return { ...encoded, cleaned: Buffer.from(JSON.stringify({ ...telemetry, metrics })) };
  }

  /** A message without the addresses of people's devices. */
  #clean(source: IngestSource, { metrics }: Telemetry, payload: Uint8Array): Guarded {
    const guarded = this.#options.guard.clean(source, metrics);
    if (guarded.refused > 0) {
      const detail = `expected pseudonyms of clients, got MAC addresses; ${guarded.refused} of ${metrics.length} metrics refused`;
      this.#options.events.rejected(source, { code: 'personal_data', detail }, payload);
    }
    return guarded;
  }

  /** The points that the bounds allow; each cause of refusal is reported once per message. */
  #admit(source: IngestSource, points: Point[], payload: Uint8Array): Point[] {
    const rejections = new Map<string, PointRejection & { count: number }>();
    const admitted = points.filter((point) => {
      const rejection = this.#options.index.admit(point);
      if (rejection === undefined) return true;
      const known = rejections.get(rejection.code);
      if (known === undefined) rejections.set(rejection.code, { ...rejection, count: 1 });
      else known.count++;
      return false;
    });
    for (const { code, detail, count } of rejections.values()) {
      const text = `${detail}; ${count} of ${points.length} metrics refused`;
      this.#options.events.rejected(source, { code, detail: text }, payload);
    }
    return admitted;
  }

  #append(key: string, { body, boot, seq }: Encoded, now: number): Promise<'stored' | 'duplicate'> {
    // A sender that does not number its messages, as Telegraf does not, is sent no acknowledgement when its connection breaks, and repeats them.
    const once = boot !== undefined && seq !== undefined ? { epoch: boot, sequence: seq } : 'content';
    return this.#entrance.append({ key, body, receivedAt: now, once });
  }
}
