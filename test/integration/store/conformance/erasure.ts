import { expect, it } from 'vitest';
import type { Point, Store } from '../../../../gateway/store/store.ts';
import { at, filled, inOrder, point, query, type StoreUnderTest, write } from './store-under-test.ts';

const PSEUDONYM = '9f86d081884c7d65';

/** Erasure: what is somebody's goes, from points, averages and names; what is others' stays. */
export function erasureConforms(under: StoreUnderTest): void {
  const others = [point('a', 10, { rx_bytes: 1 }), point('a', 70, { rx_bytes: 2 }, { client: 'ffffffffffffffff' })];
  const everything = async (store: Store): Promise<Point[]> => inOrder(await readAll(store));

  if (under.erases === false) {
    it('says that it cannot erase, and what to do', async () => {
      const store = await filled(under, [...others]);
      expect((await store.erase({ text: 'ffffffffffffffff' })).note).toContain('drop the database');
    });
    return;
  }

  it('erases a device from points, averages and what is newest', async () => {
    const theirs = [point('b', 10, { rx_bytes: 100 }), { ...point('b', 20, { n: 1 }), measurement: 'disk' }];
    const store = await filled(under, [...others, ...theirs]);
    await store.maintain?.(Date.now());
    expect(await store.erase({ site: 'school', device: 'b' })).toEqual({});
    await under.settle?.();
    expect(await everything(store)).toEqual(inOrder(others));
    const byDevice = await store.series(
      query({ to: at(3600), step: 3_600_000, aggregate: 'sum', groupBy: ['device'] }),
    );
    expect(byDevice.series.map(({ tags }) => tags)).toEqual([{ device: 'a' }]);
    expect(await store.latest({ device: 'b' })).toEqual([]);
  });

  it('erases a pseudonym wherever it is a tag', async () => {
    const theirs = [
      point('a', 10, { rx_bytes: 100 }, { client: PSEUDONYM }),
      { ...point('b', 20, { n: 1 }, { station: PSEUDONYM, radio: '5' }), measurement: 'wifi' },
    ];
    const store = await filled(under, [...others, ...theirs]);
    await store.maintain?.(Date.now());
    await store.erase({ text: PSEUDONYM });
    await under.settle?.();
    expect(await everything(store)).toEqual(inOrder(others));
    const sum = await store.series(query({ to: at(3600), step: 3_600_000, aggregate: 'sum' }));
    expect(sum.series.flatMap(({ points }) => points.map(([, value]) => value))).toEqual([3]);
    await store.erase({ text: PSEUDONYM });
    expect(await everything(store)).toEqual(inOrder(others));
  });

  it('takes new points of what was erased', async () => {
    const again = point('b', 30, { rx_bytes: 5 });
    const store = await filled(under, [...others, point('b', 10, { rx_bytes: 100 })]);
    await store.erase({ site: 'school', device: 'b' });
    await write(under, store, [again], 2);
    expect(await everything(store)).toEqual(inOrder([...others, again]));
  });

  if (under.holds.includes('string')) {
    it('erases points whose texts hold a pseudonym, and only those', async () => {
      const text = (second: number, log: string): Point => ({ ...point('a', second, { log }), measurement: 'syslog' });
      const kept = [text(10, 'nobody joined'), text(30, 'another joined')];
      const store = await filled(under, [...kept, text(20, `${PSEUDONYM} joined`)]);
      await store.erase({ text: PSEUDONYM });
      expect(await everything(store)).toEqual(inOrder(kept));
    });
  }
}

async function readAll(store: Store): Promise<Point[]> {
  const points: Point[] = [];
  for (const measurement of (await store.fieldTypes()).keys()) {
    points.push(...(await store.read({ measurement, from: at(-60), to: at(3600), limit: 1000 })).points);
  }
  return points;
}
