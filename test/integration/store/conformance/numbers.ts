import { expect, it } from 'vitest';
import type { Aggregate } from '../../../../gateway/store/store.ts';
import {
  at,
  expectNumber,
  expectPoints,
  filled,
  onlyPoints,
  point,
  query,
  type StoreUnderTest,
} from './store-under-test.ts';

/** Each within a series of its own, as measurements are: VictoriaMetrics counts digits from the largest value nearby. */
const kinds: Readonly<Record<string, readonly number[]>> = {
  'small fractions': [1 / 3, 2 / 3, 0.1, 0.2],
  'negative numbers': [-90, -85.5, -0.125, -1e6],
  'tiny numbers': [1.5e-300, 2.5e-300, -3.25e-300],
  'huge numbers': [1.25e300, -7.5e299, 3e300],
  'counters of bytes': [9_007_199_254_740_991, 9_007_199_254_740_800, 0, 4_294_967_296],
  zeros: [0, 0, 0],
};

export function numbersConform(under: StoreUnderTest): void {
  it.each(Object.entries(kinds))('keeps %s', async (_name, values) => {
    const store = await filled(
      under,
      values.map((value, index) => point('a', index, { rx_bytes: value })),
    );
    expectPoints(
      onlyPoints(await store.series(query())),
      values.map((value, index) => [at(index), value]),
    );
    const inOneStep = async (aggregate: Aggregate) =>
      Number(onlyPoints(await store.series(query({ step: 60_000, aggregate })))[0]?.[1]);
    expectNumber(await inOneStep('min'), Math.min(...values));
    expectNumber(await inOneStep('max'), Math.max(...values));
    expectNumber(
      await inOneStep('sum'),
      values.reduce((sum, value) => sum + value, 0),
    );
  });

  it('adds a counter up over days without losing a byte', async () => {
    const perSecond = 123_456_789;
    const seconds = Array.from({ length: 1000 }, (_, index) => index);
    const store = await filled(
      under,
      seconds.map((second) => point('a', second, { rx_bytes: 1e15 + second * perSecond })),
    );
    const step = 250_000;
    const from = Math.ceil(at(0) / step) * step;
    const query250 = query({ from, to: from + 2 * step, step, aggregate: 'last' });
    const last = (border: number): number => 1e15 + Math.floor((border - 1 - at(0)) / 1000) * perSecond;
    expect(onlyPoints(await store.series(query250))).toEqual([
      [from, last(from + step)],
      [from + step, last(from + 2 * step)],
    ]);
  });
}
