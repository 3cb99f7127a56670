import { expect, it } from 'vitest';
import { at, filled, onlyPoints, point, query, type StoreUnderTest, write } from './store-under-test.ts';

/** Retention: what is old goes, what is new stays. */
export function deletionConforms(under: StoreUnderTest): void {
  const points = [10, 20, 30].map((second) => point('a', second, { rx_bytes: second }));
  const seconds = async (store: Awaited<ReturnType<typeof filled>>) =>
    onlyPoints(await store.series(query())).map(([, value]) => value);

  if (under.deletes) {
    it('deletes what is older than asked, of that measurement', async () => {
      const other = { ...point('a', 10, { used_bytes: 1 }), measurement: 'disk' };
      const store = await filled(under, [...points, other]);
      await store.deleteOlderThan('network', at(20));
      expect(await seconds(store)).toEqual([20, 30]);
      expect(await store.latest({ measurement: 'disk' })).toEqual([other]);
      await store.deleteOlderThan('nothing', at(20));
      await write(under, store, [point('a', 11, { rx_bytes: 11 })], 2);
      expect(await seconds(store)).toEqual([11, 20, 30]);
    });
  } else {
    it('keeps what is older than asked: its own retention period deletes', async () => {
      const store = await filled(under, points);
      await store.deleteOlderThan('network', at(20));
      await under.settle?.();
      expect(await seconds(store)).toEqual([10, 20, 30]);
    });
  }
}
