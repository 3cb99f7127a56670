import { expect, it } from 'vitest';
import { aggregates, type Point, type Series, type SeriesQuery } from '../../../../gateway/store/store.ts';
import { referenceSeries } from './reference.ts';
import { expectPoints, filled, point, query, type StoreUnderTest, start } from './store-under-test.ts';

/** Numbers that look random and are the same in every run (Park and Miller's generator). */
function randoms(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state * 48_271) % 2_147_483_647;
    return state % below;
  };
}

const QUERIES = 150;

/** Points at moments of their own, so that first and last have one answer; some of them exactly on borders of steps. */
function randomPoints(random: (below: number) => number): Point[] {
  const times = new Set<number>();
  while (times.size < 400) times.add(random(3) === 0 ? random(120) * 30_000 : random(3_600_000));
  return [...times].map((offset) => {
    const tags: Record<string, string> = {};
    if (random(3) > 0) tags['interface'] = `eth${random(3)}`;
    if (random(2) > 0) tags['kind'] = random(2) > 0 ? 'wired' : 'radio';
    const fields = {
      rx_bytes: (random(2_000_001) - 1_000_000) / 64,
      ...(random(4) > 0 ? { tx_bytes: random(1000) } : {}),
    };
    const site = random(4) > 0 ? 'school' : 'school-2';
    return { ...point(`room-${random(4)}`, 0, fields, tags), site, time: start + offset };
  });
}

function randomQuery(random: (below: number) => number): SeriesQuery {
  const from = start + random(3_600_000) - 600_000;
  const step = [1000, 7000, 30_000, 60_000, 300_000, 1_234_567, 86_400_000][random(8)];
  return query({
    field: random(3) > 0 ? 'rx_bytes' : 'tx_bytes',
    from,
    to: from + 1 + random(3_000_000),
    aggregate: aggregates[random(aggregates.length)] ?? 'mean',
    groupBy: ['site', 'device', 'interface', 'kind'].filter(() => random(3) === 0),
    limit: 50_000,
    ...(step === undefined ? {} : { step }),
    ...(random(4) === 0 ? { site: 'school' } : {}),
    ...(random(4) === 0 ? { device: `room-${random(4)}` } : {}),
    ...(random(4) === 0 ? { tags: { kind: ['wired', 'radio', ''][random(3)] ?? '' } } : {}),
  });
}

const byTags = (series: readonly Series[]): Series[] => {
  const key = ({ tags }: Series): string => JSON.stringify(Object.entries(tags).sort());
  return series.toSorted((one, other) => (key(one) < key(other) ? -1 : 1));
};

/** Queries that nobody thought of: every combination of what can be asked. */
export function randomQueriesConform(under: StoreUnderTest): void {
  it(`answers ${QUERIES} queries made by chance as they are meant`, async () => {
    const random = randoms(20_161_201);
    const points = randomPoints(random);
    const store = await filled(under, points);
    let answered = 0;
    for (let number = 0; number < QUERIES; number++) {
      const asked = randomQuery(random);
      const about = JSON.stringify(asked);
      const expected = byTags(referenceSeries(points, asked));
      const { series, truncated } = await store.series(asked);
      expect(truncated, about).toBe(false);
      expect(
        byTags(series).map(({ tags }) => tags),
        about,
      ).toEqual(expected.map(({ tags }) => tags));
      for (const [index, { points: some }] of byTags(series).entries()) {
        expectPoints(some, expected[index]?.points ?? [], about);
      }
      answered += expected.length;
    }
    expect(answered).toBeGreaterThan(QUERIES);
  });
}
