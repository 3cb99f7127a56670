import { describe, expect, it } from 'vitest';
import type { Point, SeriesQuery, Store } from '../../../gateway/store/store.ts';

/** A store is whatever passes this suite. `open` gives an empty store that the suite closes. */
export function storeConformance(name: string, open: () => Promise<Store>): void {
  const start = 1_790_000_040_000; // a multiple of 20 s
  const point = (device: string, second: number, fields: Point['fields'], tags: Point['tags'] = {}): Point => ({
    site: 'school',
    device,
    measurement: 'network',
    tags,
    fields,
    time: start + second * 1000,
  });
  const query = (more: Partial<SeriesQuery>): SeriesQuery => ({
    measurement: 'network',
    field: 'rx_bytes',
    from: start,
    to: start + 60_000,
    aggregate: 'mean',
    groupBy: [],
    limit: 1000,
    ...more,
  });
  const filled = async (points: Point[]): Promise<Store> => {
    const store = await open();
    await store.write({ points, position: 1 });
    return store;
  };
  const at = (second: number): number => start + second * 1000;

  describe(`${name} as a store`, () => {
    it('is empty at first and answers queries all the same', async () => {
      const store = await open();
      expect(await store.latest({})).toEqual([]);
      expect(await store.series(query({}))).toEqual({ series: [], truncated: false });
      expect((await store.fieldTypes()).size).toBe(0);
      await store.close();
    });

    it('aggregates within steps aligned to 1970, from inclusive, to exclusive', async () => {
      const store = await filled(
        [0, 5, 20, 25, 39, 60].map((second, index) => point('a', second, { rx_bytes: 10 ** index })),
      );
      const points = async (aggregate: SeriesQuery['aggregate']) =>
        (await store.series(query({ step: 20_000, aggregate }))).series[0]?.points;
      expect(await points('mean')).toEqual([
        [at(0), 5.5],
        [at(20), 3700],
      ]);
      expect(await points('min')).toEqual([
        [at(0), 1],
        [at(20), 100],
      ]);
      expect(await points('max')).toEqual([
        [at(0), 10],
        [at(20), 10_000],
      ]);
      expect(await points('sum')).toEqual([
        [at(0), 11],
        [at(20), 11_100],
      ]);
      expect(await points('count')).toEqual([
        [at(0), 2],
        [at(20), 3],
      ]);
      expect(await points('first')).toEqual([
        [at(0), 1],
        [at(20), 100],
      ]);
      expect(await points('last')).toEqual([
        [at(0), 10],
        [at(20), 10_000],
      ]);
      await store.close();
    });

    it('gives raw points in order of time, whatever the order they came in', async () => {
      const store = await filled([30, 10, 20].map((second) => point('a', second, { rx_bytes: second })));
      expect((await store.series(query({}))).series).toEqual([
        {
          tags: {},
          points: [
            [at(10), 10],
            [at(20), 20],
            [at(30), 30],
          ],
        },
      ]);
      await store.close();
    });

    it('filters by device and tag, and groups by them', async () => {
      const store = await filled([
        point('a', 1, { rx_bytes: 1 }, { interface: 'eth0' }),
        point('a', 2, { rx_bytes: 2 }, { interface: 'wlan0' }),
        point('b', 3, { rx_bytes: 4 }, { interface: 'eth0' }),
      ]);
      const sum = async (more: Partial<SeriesQuery>) =>
        (await store.series(query({ step: 60_000, aggregate: 'sum', ...more }))).series
          .map(({ tags, points }) => [tags, points[0]?.[1]])
          .sort((one, other) => Number(one[1]) - Number(other[1]));
      expect(await sum({ device: 'a' })).toEqual([[{}, 3]]);
      expect(await sum({ tags: { interface: 'eth0' } })).toEqual([[{}, 5]]);
      expect(await sum({ device: 'nobody' })).toEqual([]);
      expect(await sum({ groupBy: ['device'] })).toEqual([
        [{ device: 'a' }, 3],
        [{ device: 'b' }, 4],
      ]);
      expect(await sum({ groupBy: ['device', 'interface'] })).toEqual([
        [{ device: 'a', interface: 'eth0' }, 1],
        [{ device: 'a', interface: 'wlan0' }, 2],
        [{ device: 'b', interface: 'eth0' }, 4],
      ]);
      await store.close();
    });

    it('keeps texts and booleans, and grows by new fields, tags and measurements', async () => {
      const store = await filled([point('a', 1, { rx_bytes: 1 })]);
      const grown = point('a', 2, { rx_bytes: 2, duplex: 'full', carrier: true }, { interface: 'eth0' });
      await store.write({
        points: [grown, { ...grown, measurement: 'disk', fields: { read_only: false } }],
        position: 2,
      });
      expect(await store.latest({ measurement: 'network', device: 'a' })).toEqual(expect.arrayContaining([grown]));
      expect((await store.series(query({ field: 'duplex' }))).series[0]?.points).toEqual([[at(2), 'full']]);
      expect(
        (await store.series(query({ field: 'carrier', step: 60_000, aggregate: 'last' }))).series[0]?.points,
      ).toEqual([[at(0), true]]);
      expect((await store.fieldTypes()).get('network')).toEqual(
        new Map([
          ['carrier', 'boolean'],
          ['duplex', 'string'],
          ['rx_bytes', 'number'],
        ]),
      );
      expect((await store.fieldTypes()).get('disk')).toEqual(new Map([['read_only', 'boolean']]));
      await store.close();
    });

    it('tells names apart that differ in case, and takes odd names and texts unharmed', async () => {
      const odd = {
        ...point('a', 1, { Value: 1, value: 2, 'läßt sich, = 不': 3, text: 'ein "Wort", \\ und \'mehr\'\n网络' }),
        measurement: 'odd.name:1-x',
        tags: { 'tag key': '教室 3, "东" = a\\b' },
      };
      const store = await filled([odd]);
      expect(await store.latest({ measurement: 'odd.name:1-x' })).toEqual([odd]);
      await store.close();
    });

    it('gives the newest point of every series', async () => {
      const store = await filled([
        point('a', 5, { rx_bytes: 5 }, { interface: 'eth0' }),
        point('a', 9, { rx_bytes: 9 }, { interface: 'eth0' }),
        point('a', 7, { rx_bytes: 7 }, { interface: 'wlan0' }),
        point('b', 1, { rx_bytes: 1 }),
      ]);
      const latest = async (more: object) =>
        (await store.latest({ measurement: 'network', ...more })).map(({ fields }) => fields['rx_bytes']).sort();
      expect(await latest({})).toEqual([1, 7, 9]);
      expect(await latest({ device: 'a' })).toEqual([7, 9]);
      expect(await latest({ site: 'elsewhere' })).toEqual([]);
      await store.close();
    });

    it('stores a batch written twice once', async () => {
      const points = [1, 2, 3].map((second) => point('a', second, { rx_bytes: second }));
      const store = await filled(points);
      await store.write({ points, position: 1 });
      expect((await store.series(query({}))).series[0]?.points).toHaveLength(3);
      await store.close();
    });

    it('keeps the numbers of a field whose values come as texts, too, and leaves out one value at most', async () => {
      const store = await filled([point('a', 1, { rx_bytes: 1 })]);
      const { skipped } = await store.write({
        points: [point('a', 2, { rx_bytes: 'many' }), point('a', 3, { rx_bytes: 3 })],
        position: 2,
      });
      expect(skipped).toBeLessThanOrEqual(1);
      expect((await store.series(query({}))).series[0]?.points).toEqual([
        [at(1), 1],
        [at(3), 3],
      ]);
      await store.close();
    });

    it('cuts an answer at its limit and says so', async () => {
      const store = await filled(Array.from({ length: 50 }, (_, second) => point('a', second, { rx_bytes: second })));
      const { series, truncated } = await store.series(query({ limit: 20 }));
      expect(series[0]?.points).toHaveLength(20);
      expect(truncated).toBe(true);
      expect((await store.series(query({ limit: 50 }))).truncated).toBe(false);
      await store.close();
    });

    it('deletes what is older than asked', async () => {
      const store = await filled([10, 20, 30].map((second) => point('a', second, { rx_bytes: second })));
      await store.deleteOlderThan('network', at(20));
      expect((await store.series(query({}))).series[0]?.points.map(([, value]) => value)).toEqual([20, 30]);
      await store.close();
    });
  });
}
