import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { backOffMs } from '../../agent/back-off.ts';
import { Batch } from '../../agent/batch.ts';
import { type Sample, toSample } from '../../agent/metric.ts';

describe('toSample', () => {
  test('leaves out what is unknown and cuts what is too long', () => {
    const fields = { a: 1, b: undefined, c: Number.NaN, d: Number.POSITIVE_INFINITY, e: false, f: 'x'.repeat(20_000) };
    expect(toSample({ name: 'm', tags: { mount: '/'.repeat(300) }, fields }, 5)).toEqual({
      name: 'm',
      tags: { mount: '/'.repeat(256) },
      fields: { a: 1, e: false, f: 'x'.repeat(16_384) },
      at: 5,
    });
    expect(toSample({ name: 'm', tags: {}, fields: { a: undefined } }, 5)).toBeUndefined();
  });
});

describe('Batch', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  test('gathers what comes within 100 ms', () => {
    const sent: number[][] = [];
    const batch = new Batch((metrics) => sent.push(metrics.map(({ at }) => at)));
    const sample = (at: number): Sample => ({ name: 'm', tags: {}, fields: { a: 1 }, at });
    batch.add([sample(1)]);
    vi.advanceTimersByTime(60);
    batch.add([sample(2), sample(3)]);
    vi.advanceTimersByTime(60);
    batch.add([sample(4)]);
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
