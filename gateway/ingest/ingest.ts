import { setTimeout as delay } from 'node:timers/promises';
import { CampusError } from '../../contract/errors.ts';
import { isRejection, type Rejection } from '../../contract/payload.ts';
import { type Metric, parseTelemetry, type Telemetry } from '../../contract/telemetry.ts';
import type { DurableQueue } from '../../queue/queue.ts';
import { pointsOf, spoolKey } from '../store/batch.ts';
import type { Point } from '../store/store.ts';
import type { PointRejection, SeriesIndex } from './series-index.ts';

/** How long a message waits for room in a full spool before its sender is told to come back; it keeps the message. */
const FULL_WAIT_MS = 10_000;
const FULL_RETRY_MS = 250;

export interface IngestSource {
  site: string;
  device: string;
  topic: string;
}

export interface IngestEvents {
  /** A payload, or some metrics of one, were refused. */
  rejected: (source: IngestSource, rejection: Rejection, payload: Uint8Array) => void;
  /** Points are on the disk. */
  stored: (source: IngestSource, points: Point[], telemetry: Telemetry) => void;
  duplicate: (source: IngestSource) => void;
}

export interface IngestOptions {
  queue: DurableQueue;
  index: SeriesIndex;
  events: IngestEvents;
  /** Wall clock, ms. */
  now: () => number;
}

export type IngestOutcome = 'stored' | 'duplicate' | 'rejected';

/** Takes telemetry from the broker to the spool. What it returns `stored` for is on the disk. */
export class Ingest {
  readonly #options: IngestOptions;

  constructor(options: IngestOptions) {
    this.#options = options;
  }

  /**
   * Checks a payload and commits it to the spool.
   * @throws CampusError `queue_full` or `queue_failed`: nothing was stored, the sender must keep the message
   */
  async submit(source: IngestSource, payload: Uint8Array): Promise<IngestOutcome> {
    const { events, index } = this.#options;
    const now = this.#options.now();
    const telemetry = parseTelemetry(payload, now);
    if (isRejection(telemetry)) {
      events.rejected(source, telemetry, payload);
      return 'rejected';
    }
    const points = pointsOf(source.site, source.device, telemetry);
    const admitted = this.#admit(source, points, payload);
    if (admitted.length === 0) return 'rejected';
    const body = admitted.length === points.length ? payload : encodeWithout(telemetry, points, admitted);
    let outcome: 'stored' | 'duplicate';
    try {
      outcome = await this.#append(source, body, telemetry, now);
    } catch (error) {
      for (const point of admitted) index.release(point);
      throw error;
    }
    if (outcome === 'duplicate') {
      for (const point of admitted) index.release(point);
      events.duplicate(source);
      return outcome;
    }
    for (const point of admitted) index.update(point);
    events.stored(source, admitted, telemetry);
    return outcome;
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

  async #append(
    { site, device }: IngestSource,
    body: Uint8Array,
    { boot, seq }: Telemetry,
    now: number,
  ): Promise<'stored' | 'duplicate'> {
    const input = {
      key: spoolKey(site, device),
      body,
      receivedAt: now,
      ...(boot !== undefined && seq !== undefined ? { once: { epoch: boot, sequence: seq } } : {}),
    };
    for (let waited = 0; ; waited += FULL_RETRY_MS) {
      try {
        return await this.#options.queue.append(input);
      } catch (error) {
        const full = error instanceof CampusError && error.code === 'queue_full';
        if (!full || waited >= FULL_WAIT_MS) throw error;
        await delay(FULL_RETRY_MS);
      }
    }
  }
}

/** The message again, without the refused metrics. */
function encodeWithout(telemetry: Telemetry, points: readonly Point[], admitted: readonly Point[]): Uint8Array {
  const kept = new Set(admitted);
  const metrics = telemetry.metrics.filter((_metric: Metric, index) => kept.has(points[index]!));
  return new TextEncoder().encode(JSON.stringify({ ...telemetry, metrics }));
}
