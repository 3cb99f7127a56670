import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { backOffMs } from '../../agent/back-off.ts';
import { Batch } from '../../agent/batch.ts';
import { toMetric } from '../../agent/metric.ts';
import { encodeMetrics, encodePayload } from '../../agent/outbox/payload.ts';
import { isRejection } from '../../contract/payload.ts';
import { type Metric, parseTelemetry } from '../../contract/telemetry.ts';

describe('toMetric', () => {
  test('leaves out what is unknown and cuts what is too long', () => {
    const fields = { a: 1, b: undefined, c: Number.NaN, d: Number.POSITIVE_INFINITY, e: false, f: 'x'.repeat(20_000) };
    expect(toMetric({ name: 'm', tags: { mount: '/'.repeat(300) }, fields }, 5)).toEqual({
      name: 'm',
      tags: { mount: '/'.repeat(256) },
      fields: { a: 1, e: false, f: 'x'.repeat(16_384) },
      timestamp: 5,
    });
    expect(toMetric({ name: 'm', tags: {}, fields: { a: undefined } }, 5)).toBeUndefined();
  });
});

describe('payloads', () => {
  const metric = (length: number): Metric => ({
    name: 'm',
    tags: {},
    fields: { text: 'é'.repeat(length) },
    timestamp: Date.now(),
  });

  test('are what the gateway accepts, split where one would be too large', () => {
    const lists = encodeMetrics([
      ...Array.from({ length: 2500 }, () => metric(1)),
      ...Array.from({ length: 20 }, () => metric(16_000)),
    ]);
    const counts = lists.map((metrics, index) => {
      const payload = Buffer.from(encodePayload({ metrics, boot: '0123456789abcdef', seq: index + 1, replayed: true }));
      const telemetry = parseTelemetry(payload, Date.now());
      if (isRejection(telemetry)) throw new Error(telemetry.detail);
      expect(telemetry).toMatchObject({ boot: '0123456789abcdef', seq: index + 1, replayed: true });
      return telemetry.metrics.length;
    });
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(2520);
    expect(Math.max(...counts)).toBeLessThanOrEqual(1000);
  });

  test('leave out a metric that alone is too large', () => {
    expect(encodeMetrics([metric(200_000), metric(1)])).toHaveLength(1);
    expect(encodeMetrics([])).toEqual([]);
  });
});

describe('Batch', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  test('gathers what comes within 100 ms', () => {
    const sent: number[][] = [];
    const batch = new Batch((metrics) => sent.push(metrics.map(({ timestamp }) => timestamp)));
    const at = (timestamp: number): Metric => ({ name: 'm', tags: {}, fields: { a: 1 }, timestamp });
    batch.add([at(1)]);
    vi.advanceTimersByTime(60);
    batch.add([at(2), at(3)]);
    vi.advanceTimersByTime(60);
    batch.add([at(4)]);
    expect(sent).toEqual([[1, 2, 3]]);
    batch.flush();
    batch.flush();
    vi.advanceTimersByTime(1000);
    expect(sent).toEqual([[1, 2, 3], [4]]);
  });
});

test('backOffMs grows from half a second to half a minute, scattered by a quarter', () => {
  expect([backOffMs(0, 0), backOffMs(0, 0.5), backOffMs(0, 1)]).toEqual([375, 500, 625]);
  expect(backOffMs(4, 0.5)).toBeLessThan(2000);
  expect(backOffMs(50, 0.5)).toBe(30_000);
  const pauses = Array.from({ length: 20 }, (_, attempt) => backOffMs(attempt, 0.5));
  expect(pauses).toEqual(pauses.toSorted((one, other) => one - other));
});
