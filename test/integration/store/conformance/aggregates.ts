import { describe, expect, it } from 'vitest';
import type { Aggregate, SeriesQuery } from '../../../../gateway/store/store.ts';
import {
  at,
  expectPoints,
  filled,
  midnight,
  onlyPoints,
  point,
  query,
  type StoreUnderTest,
} from './store-under-test.ts';

/** Values by time in seconds: powers of ten, so that every combination has a sum of its own. */
const samples = new Map([0, 5, 20, 25, 39, 60].map((second, index) => [second, 10 ** index]));

/** Steps: aligned to 1970, from inclusive, to exclusive; a step without points is absent. */
export function aggregatesConform(under: StoreUnderTest): void {
  describe('aggregates within steps', () => {
    const points = [...samples].map(([second, value]) => point('a', second, { rx_bytes: value }));
    const ask = async (more: Partial<SeriesQuery>) =>
      onlyPoints(await (await filled(under, points)).series(query(more)));

    const expected: Readonly<Record<Aggregate, [number, number]>> = {
      mean: [5.5, 3700],
      min: [1, 100],
      max: [10, 10_000],
      sum: [11, 11_100],
      count: [2, 3],
      first: [1, 100],
      last: [10, 10_000],
    };
    it.each(Object.entries(expected))('%s', async (aggregate, [one, two]) => {
      expectPoints(await ask({ step: 20_000, aggregate: aggregate as Aggregate }), [
        [at(0), one],
        [at(20), two],
      ]);
    });

    it('of a step that from and to cut counts what lies between them', async () => {
      const sums = await ask({ from: at(5), to: at(39), step: 20_000, aggregate: 'sum' });
      expect(sums).toEqual([
        [at(0), 10],
        [at(20), 1100],
      ]);
    });

    it('have from inclusive and to exclusive to the millisecond', async () => {
      const count = async (from: number, to: number) =>
        (await ask({ from, to, step: 20_000, aggregate: 'count' })).reduce((sum, [, value]) => sum + Number(value), 0);
      expect(await count(at(5), at(25))).toBe(2);
      expect(await count(at(5) + 1, at(25))).toBe(1);
      expect(await count(at(5), at(25) + 1)).toBe(3);
      expect(await count(at(6), at(19))).toBe(0);
    });

    it('of a range within one step', async () => {
      expect(await ask({ from: at(21), to: at(39), step: 20_000, aggregate: 'sum' })).toEqual([[at(20), 1000]]);
    });

    it('leave out steps without points', async () => {
      expect(await ask({ from: at(-60), to: at(120), step: 10_000, aggregate: 'count' })).toEqual([
        [at(0), 2],
        [at(20), 2],
        [at(30), 1],
        [at(60), 1],
      ]);
    });

    it.each([7000, 7 * 60_000, 86_400_000, 1, 999])(
      'of %d ms, which divide neither the range nor the start',
      async (step) => {
        const sums = new Map<number, number>();
        for (const [second, value] of samples) {
          const time = Math.floor(at(second) / step) * step;
          sums.set(time, (sums.get(time) ?? 0) + value);
        }
        // Steps of a millisecond over a minute are more than a server evaluates in one request.
        const answer = await ask({ from: at(-3), to: at(61), step, aggregate: 'sum', limit: 100_000 });
        expectPoints(answer, [...sums], `step ${step}`);
      },
    );

    it('of several series take the earliest and the latest of all', async () => {
      const store = await filled(under, [
        point('a', 3, { rx_bytes: 3 }),
        point('b', 1, { rx_bytes: 1 }),
        point('b', 9, { rx_bytes: 9 }),
        point('c', 5, { rx_bytes: 5 }, { interface: 'eth0' }),
      ]);
      const one = async (aggregate: Aggregate) =>
        onlyPoints(await store.series(query({ step: 60_000, aggregate })))[0]?.[1];
      expect([await one('first'), await one('last'), await one('mean')]).toEqual([1, 9, 4.5]);
    });
  });

  it('knows days: points before and after midnight are of different ones', async () => {
    const points = [-1, 0, 1].map((ms) => ({ ...point('a', 0, { rx_bytes: ms + 2 }), time: midnight + ms }));
    const store = await filled(under, points);
    const days = query({ from: midnight - 86_400_000, to: midnight + 86_400_000, step: 86_400_000, aggregate: 'sum' });
    expect(onlyPoints(await store.series(days))).toEqual([
      [midnight - 86_400_000, 1],
      [midnight, 5],
    ]);
    expect(onlyPoints(await store.series(query({ from: midnight, to: midnight + 1 })))).toEqual([[midnight, 2]]);
  });

  it('answers for points of this very moment', async () => {
    const now = Math.floor(Date.now() / 1000) * 1000;
    const recent = [-40, -20, -2, -1, 0].map((second) => ({
      ...point('a', 0, { rx_bytes: second }),
      time: now + second * 1000,
    }));
    const store = await filled(under, recent);
    const range = { from: now - 60_000, to: now + 60_000 };
    const perSecond = await store.series(query({ ...range, step: 1000, aggregate: 'last' }));
    expect(onlyPoints(perSecond)).toEqual(recent.map(({ time, fields }) => [time, fields['rx_bytes']]));
    expect(onlyPoints(await store.series(query(range)))).toHaveLength(5);
    expect(await store.latest({ measurement: 'network' })).toEqual([recent.at(-1)]);
  });
}
