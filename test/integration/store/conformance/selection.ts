import { expect, it } from 'vitest';
import type { Point, SeriesQuery, Store } from '../../../../gateway/store/store.ts';
import { at, filled, point, query, type StoreUnderTest } from './store-under-test.ts';

/** Sums of the first minute as [tags, sum], ordered by sum: the values are powers of two, so each sum tells what is in it. */
async function sums(store: Store, more: Partial<SeriesQuery>): Promise<[Record<string, string>, number][]> {
  const { series } = await store.series(query({ step: 60_000, aggregate: 'sum', ...more }));
  return series
    .map(({ tags, points }): [Record<string, string>, number] => [tags, Number(points[0]?.[1])])
    .sort(([, one], [, other]) => one - other);
}

/** Which series a query wants, and how they gather. */
export function selectionConforms(under: StoreUnderTest): void {
  const inSchool2: Pick<Point, 'site'> = { site: 'school-2' };
  const points = [
    point('a', 1, { rx_bytes: 1 }, { interface: 'eth0', kind: 'wired' }),
    point('a', 2, { rx_bytes: 2 }, { interface: 'wlan0', kind: 'radio' }),
    point('b', 3, { rx_bytes: 4 }, { interface: 'eth0', kind: 'wired' }),
    { ...point('a', 4, { rx_bytes: 8 }, { interface: 'eth0', kind: 'wired' }), ...inSchool2 },
    point('c', 5, { rx_bytes: 16 }),
  ];

  it('filters by site, device and tags', async () => {
    const store = await filled(under, points);
    expect(await sums(store, {})).toEqual([[{}, 31]]);
    expect(await sums(store, { site: 'school' })).toEqual([[{}, 23]]);
    expect(await sums(store, { device: 'a' })).toEqual([[{}, 11]]);
    expect(await sums(store, { site: 'school', device: 'a' })).toEqual([[{}, 3]]);
    expect(await sums(store, { tags: { interface: 'eth0' } })).toEqual([[{}, 13]]);
    expect(await sums(store, { tags: { interface: 'eth0', kind: 'radio' } })).toEqual([]);
    expect(await sums(store, { tags: { interface: '' } })).toEqual([[{}, 16]]);
    expect(await sums(store, { tags: { interface: 'eth.' } })).toEqual([]);
    expect(await sums(store, { tags: { site: 'school-2' } })).toEqual([[{}, 8]]);
    expect(await sums(store, { device: 'nobody' })).toEqual([]);
    expect(await sums(store, { field: 'nothing' })).toEqual([]);
    expect(await sums(store, { measurement: 'nothing' })).toEqual([]);
  });

  it('groups by site, device and tags, and by several of them', async () => {
    const store = await filled(under, points);
    expect(await sums(store, { groupBy: ['site'] })).toEqual([
      [{ site: 'school-2' }, 8],
      [{ site: 'school' }, 23],
    ]);
    expect(await sums(store, { groupBy: ['device'] })).toEqual([
      [{ device: 'b' }, 4],
      [{ device: 'a' }, 11],
      [{ device: 'c' }, 16],
    ]);
    expect(await sums(store, { groupBy: ['interface'] })).toEqual([
      [{ interface: 'wlan0' }, 2],
      [{ interface: 'eth0' }, 13],
      [{}, 16],
    ]);
    expect(await sums(store, { groupBy: ['device', 'site', 'interface'], tags: { kind: 'wired' } })).toEqual([
      [{ device: 'a', site: 'school', interface: 'eth0' }, 1],
      [{ device: 'b', site: 'school', interface: 'eth0' }, 4],
      [{ device: 'a', site: 'school-2', interface: 'eth0' }, 8],
    ]);
    expect(await sums(store, { groupBy: ['absent'] })).toEqual([[{}, 31]]);
  });

  it('groups raw points as well', async () => {
    const store = await filled(under, points);
    const { series } = await store.series(query({ groupBy: ['interface'], site: 'school' }));
    const bySize = series.toSorted((one, other) => Number(one.points[0]?.[1]) - Number(other.points[0]?.[1]));
    expect(bySize).toEqual([
      {
        tags: { interface: 'eth0' },
        points: [
          [at(1), 1],
          [at(3), 4],
        ],
      },
      { tags: { interface: 'wlan0' }, points: [[at(2), 2]] },
      { tags: {}, points: [[at(5), 16]] },
    ]);
  });

  it('cuts raw points at the limit and says so', async () => {
    const store = await filled(
      under,
      Array.from({ length: 50 }, (_, second) => point('a', second, { rx_bytes: second })),
    );
    const { series, truncated } = await store.series(query({ limit: 20 }));
    expect(series[0]?.points).toEqual(Array.from({ length: 20 }, (_, second) => [at(second), second]));
    expect(truncated).toBe(true);
    expect((await store.series(query({ limit: 50 }))).truncated).toBe(false);
  });

  it('cuts steps at the limit over all series and says so', async () => {
    const devices = ['a', 'b', 'c'];
    const store = await filled(
      under,
      Array.from({ length: 30 }, (_, second) => devices.map((device) => point(device, second, { rx_bytes: 1 }))).flat(),
    );
    const of = query({ step: 1000, groupBy: ['device'] });
    const count = ({ series }: Awaited<ReturnType<Store['series']>>): number =>
      series.reduce((sum, { points: some }) => sum + some.length, 0);
    const cut = await store.series({ ...of, limit: 40 });
    expect([count(cut), cut.truncated]).toEqual([40, true]);
    const whole = await store.series({ ...of, limit: 90 });
    expect([count(whole), whole.truncated]).toEqual([90, false]);
  });
}
