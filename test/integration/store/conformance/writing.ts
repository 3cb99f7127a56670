import { expect, it, onTestFinished } from 'vitest';
import { at, filled, onlyPoints, point, query, type StoreUnderTest, write } from './store-under-test.ts';

/** Writing: batches, again and again, large ones, and what they make grow. */
export function writingConforms(under: StoreUnderTest): void {
  it('is empty at first and answers queries all the same', async () => {
    const store = await under.open();
    onTestFinished(() => store.close());
    expect(await store.latest({})).toEqual([]);
    expect(await store.latest({ measurement: 'network' })).toEqual([]);
    expect(await store.series(query())).toEqual({ series: [], truncated: false });
    expect(await store.series(query({ step: 20_000 }))).toEqual({ series: [], truncated: false });
    expect(await store.read({ measurement: 'network', from: 0, to: at(60), limit: 10 })).toEqual({ points: [] });
    expect((await store.fieldTypes()).size).toBe(0);
  });

  it('takes an empty batch', async () => {
    const store = await filled(under, []);
    expect(await write(under, store, [point('a', 1, { rx_bytes: 1 })], 2)).toBe(0);
    expect(onlyPoints(await store.series(query()))).toEqual([[at(1), 1]]);
  });

  it('stores a batch once that is written again with its position', async () => {
    const points = [1, 2, 3].map((second) => point('a', second, { rx_bytes: second }));
    const store = await filled(under, points);
    await write(under, store, points, 1);
    await write(under, store, points, 1);
    expect(onlyPoints(await store.series(query()))).toHaveLength(3);
    const counted = await store.series(query({ step: 60_000, aggregate: 'count' }));
    expect(onlyPoints(counted)).toEqual([[at(0), 3]]);
    const summed = await store.series(query({ step: 60_000, aggregate: 'sum' }));
    expect(onlyPoints(summed)).toEqual([[at(0), 6]]);
    expect((await store.read({ measurement: 'network', from: 0, to: at(60), limit: 10 })).points).toEqual(points);
  });

  it('gives raw points in order of time, whatever the order they came in', async () => {
    const store = await filled(
      under,
      [30, 10, 20].map((second) => point('a', second, { rx_bytes: second })),
    );
    await write(under, store, [point('b', 15, { rx_bytes: 15 })], 2);
    expect((await store.series(query())).series).toEqual([
      {
        tags: {},
        points: [10, 15, 20, 30].map((second) => [at(second), second]),
      },
    ]);
  });

  it('grows by new fields, tags and measurements', async () => {
    const store = await filled(under, [point('a', 1, { rx_bytes: 1 })]);
    const grown = point('a', 2, { rx_bytes: 2, tx_bytes: 4 }, { interface: 'eth0' });
    await write(under, store, [grown, { ...grown, measurement: 'disk', fields: { used_bytes: 8 } }], 2);
    expect(await store.latest({ measurement: 'network', device: 'a' })).toEqual(expect.arrayContaining([grown]));
    expect(onlyPoints(await store.series(query({ field: 'tx_bytes' })))).toEqual([[at(2), 4]]);
    expect((await store.fieldTypes()).get('network')).toEqual(
      new Map([
        ['rx_bytes', 'number'],
        ['tx_bytes', 'number'],
      ]),
    );
    expect((await store.fieldTypes()).get('disk')).toEqual(new Map([['used_bytes', 'number']]));
  });

  it('takes a large batch', async () => {
    const seconds = Array.from({ length: 500 }, (_, second) => second);
    const devices = Array.from({ length: 20 }, (_, index) => `room-${index}`);
    const points = seconds.flatMap((second) =>
      devices.map((device) => point(device, second, { rx_bytes: second, tx_bytes: 2 * second }, { interface: 'eth0' })),
    );
    const store = await filled(under, points);
    const counted = await store.series(query({ to: at(600), step: 600_000, aggregate: 'count' }));
    expect(counted.series[0]?.points.reduce((sum, [, value]) => sum + Number(value), 0)).toBe(10_000);
    const grouped = await store.series(query({ to: at(600), aggregate: 'max', step: 60_000, groupBy: ['device'] }));
    expect(grouped.series).toHaveLength(20);
    expect(await store.latest({ measurement: 'network' })).toHaveLength(20);
  });
}
