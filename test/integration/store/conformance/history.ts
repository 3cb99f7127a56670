import { describe, expect, it } from 'vitest';
import type { Point, Store } from '../../../../gateway/store/store.ts';
import { at, filled, inOrder, onlyPoints, point, query, type StoreUnderTest, write } from './store-under-test.ts';

const DAY_SECONDS = 24 * 3600;

/** Reads everything, page by page, and holds each page against the rules of pages. */
async function readAll(store: Store, range: { from: number; to: number; limit: number }): Promise<Point[][]> {
  const pages: Point[][] = [];
  let from: number | undefined = range.from;
  while (from !== undefined) {
    const { points, next } = await store.read({ measurement: 'network', ...range, from });
    const times = points.map(({ time }) => time);
    expect(times).toEqual(times.toSorted((one, other) => one - other));
    expect(times.every((time) => time >= (from ?? 0) && time < (next ?? range.to))).toBe(true);
    if (next !== undefined) expect(next).toBeGreaterThan(from);
    if (points.length > range.limit) expect(new Set(times).size).toBe(1);
    pages.push(points);
    from = next;
  }
  return pages;
}

/** Raw history: read page by page, and merged into what is there. */
export function historyConforms(under: StoreUnderTest): void {
  describe('history', () => {
    const points = Array.from({ length: 100 }, (_, second) => [
      point('a', second, { rx_bytes: second, tx_bytes: 100 - second }, { interface: 'eth0' }),
      point('b', second, { rx_bytes: second + 0.5 }),
    ]).flat();

    it.each([1, 7, 199, 200, 1000])('is read whole in pages of at most %d points', async (limit) => {
      const store = await filled(under, points);
      const pages = await readAll(store, { from: 0, to: at(DAY_SECONDS), limit });
      expect(inOrder(pages.flat())).toEqual(inOrder(points));
      if (limit === 7) expect(pages.length).toBeGreaterThan(20);
      if (limit >= 200) expect(pages.filter((page) => page.length > 0)).toHaveLength(1);
    });

    it('is read from inclusive, to exclusive', async () => {
      const store = await filled(under, points);
      const pages = await readAll(store, { from: at(10), to: at(20), limit: 3 });
      expect(inOrder(pages.flat())).toEqual(inOrder(points.slice(20, 40)));
    });

    it('is read over years with nothing in between', async () => {
      const year = 365 * DAY_SECONDS;
      const scattered = [-9 * year, -year, -year + 1, 0, 1].map((second) => point('a', second, { rx_bytes: second }));
      const store = await filled(under, scattered);
      expect((await readAll(store, { from: 0, to: at(DAY_SECONDS), limit: 2 })).flat()).toEqual(scattered);
    });

    it('keeps one moment whole, however many points it has', async () => {
      const crowd = Array.from({ length: 40 }, (_, index) => point(`room-${index}`, 5, { rx_bytes: index }));
      const store = await filled(under, [point('a', 4, { rx_bytes: 1 }), ...crowd, point('a', 6, { rx_bytes: 2 })]);
      const pages = await readAll(store, { from: 0, to: at(60), limit: 10 });
      expect(pages.map((page) => page.length).filter((length) => length > 0)).toEqual([1, 40, 1]);
    });

    it('has every field of a series and moment in one point', async () => {
      const store = await filled(under, [point('a', 5, { rx_bytes: 5 })]);
      await write(under, store, [point('a', 5, { tx_bytes: 6 }), point('b', 5, { rx_bytes: 7 })], 2);
      const pages = await readAll(store, { from: 0, to: at(60), limit: 10 });
      const expected = [point('a', 5, { rx_bytes: 5, tx_bytes: 6 }), point('b', 5, { rx_bytes: 7 })];
      expect(inOrder(pages.flat())).toEqual(expected);
    });

    it('merges into what is there, field by field, and merging twice changes nothing', async () => {
      const store = await filled(under, [
        point('a', 10, { rx_bytes: 1, tx_bytes: 2 }, { interface: 'eth0' }),
        point('a', 20, { rx_bytes: 3 }, { interface: 'eth0' }),
      ]);
      const history = [
        point('a', 0, { rx_bytes: 4 }, { interface: 'eth0' }),
        point('a', 10, { tx_bytes: 5, errors: 6 }, { interface: 'eth0' }),
        point('old', 15, { rx_bytes: 7 }),
      ];
      for (const position of [1, 2, 2]) {
        expect(await store.merge({ points: history, position })).toEqual({ skipped: 0 });
        await under.settle?.();
      }
      const merged = [
        point('a', 0, { rx_bytes: 4 }, { interface: 'eth0' }),
        point('a', 10, { rx_bytes: 1, tx_bytes: 5, errors: 6 }, { interface: 'eth0' }),
        point('a', 20, { rx_bytes: 3 }, { interface: 'eth0' }),
        point('old', 15, { rx_bytes: 7 }),
      ];
      expect(inOrder((await readAll(store, { from: 0, to: at(60), limit: 100 })).flat())).toEqual(inOrder(merged));
      const counted = await store.series(query({ step: 60_000, aggregate: 'count' }));
      expect(onlyPoints(counted)).toEqual([[at(0), 4]]);
    });

    it('goes on taking batches from the spool where it was', async () => {
      const store = await filled(under, [point('a', 1, { rx_bytes: 1 })]);
      await store.merge({ points: [point('a', 0, { rx_bytes: 0 })], position: 1000 });
      await write(under, store, [point('a', 2, { rx_bytes: 2 })], 2);
      expect(onlyPoints(await store.series(query()))).toEqual([0, 1, 2].map((second) => [at(second), second]));
    });

    it('counts what it leaves out because it does not fit the type of a field', async () => {
      const store = await filled(under, [point('a', 1, { rx_bytes: 1 })]);
      const { skipped } = await store.merge({
        points: [point('a', 0, { rx_bytes: 'none', tx_bytes: 1 })],
        position: 1,
      });
      // InfluxDB refuses the whole point, the others the value alone.
      expect(skipped).toBe(under.mixesTypes ? 0 : 1);
    });
  });
}
