import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { DuckDbStore } from '../../../gateway/store/duckdb/duckdb-store.ts';
import { type Aggregate, aggregates, type Point, type SeriesQuery } from '../../../gateway/store/store.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** 2026-09-01T00:00:00Z, the beginning of an hour and of a day. */
const START = 1_788_220_800_000;
const HOURS = 5;

/** A sample every 20 s from two devices with two interfaces each; their values all differ, and one field is often absent. */
function history(): Point[] {
  const points: Point[] = [];
  for (let time = START; time < START + HOURS * HOUR; time += 20_000) {
    for (const [place, name] of ['a/eth0', 'a/eth1', 'b/eth0', 'b/wlan0'].entries()) {
      const [device = '', port = ''] = name.split('/');
      const value = Math.sin(time / 1e6 + place) * 1000 + place;
      points.push({
        site: 'school',
        device,
        measurement: 'network',
        tags: { interface: port },
        fields: { rx: value, ...(time % 60_000 === 0 ? { errors: place } : {}), name: port },
        time: time + place * 7,
      });
    }
  }
  return points;
}

const query = (change: Partial<SeriesQuery>): SeriesQuery => ({
  measurement: 'network',
  field: 'rx',
  from: START,
  to: START + HOURS * HOUR,
  step: 5 * MINUTE,
  aggregate: 'mean',
  groupBy: ['device'],
  limit: 50_000,
  ...change,
});

const questions: SeriesQuery[] = [
  ...aggregates.map((aggregate: Aggregate) => query({ aggregate })),
  ...aggregates.map((aggregate: Aggregate) => query({ aggregate, step: HOUR, groupBy: [] })),
  query({ step: 24 * HOUR, aggregate: 'sum' }),
  query({ step: MINUTE, groupBy: ['device', 'interface'] }),
  query({ step: 90_000 }),
  query({ from: START + 12_345, to: START + 3 * HOUR + 4_321, step: HOUR }),
  query({ from: START + 30 * MINUTE, to: START + 4 * HOUR + 30 * MINUTE, step: 2 * HOUR, aggregate: 'count' }),
  query({ field: 'errors', aggregate: 'sum' }),
  query({ field: 'errors', aggregate: 'count', step: HOUR }),
  query({ field: 'name', aggregate: 'last', step: HOUR }),
  query({ tags: { interface: 'eth0' }, device: 'a', step: 10 * MINUTE, aggregate: 'max', groupBy: [] }),
  query({ from: START - HOUR, to: START + 6 * HOUR, step: 30 * MINUTE, aggregate: 'min' }),
];

async function openStore() {
  const path = join(temporaryDirectory(), 'store.duckdb');
  const opened = { store: await DuckDbStore.open(path), position: 0 };
  onTestFinished(() => opened.store.close());
  const write = (points: Point[]) => opened.store.write({ points, position: ++opened.position });
  const answers = () => Promise.all(questions.map((one) => opened.store.series(one)));
  const reopen = async (): Promise<void> => {
    await opened.store.close();
    opened.store = await DuckDbStore.open(path);
  };
  return { opened, write, answers, reopen };
}

type Answers = Awaited<ReturnType<Awaited<ReturnType<typeof openStore>>['answers']>>;

/** The same series, steps and, but for the order in which numbers were added, values. */
function expectSame(actual: Answers, expected: Answers): void {
  for (const [index, { series }] of expected.entries()) {
    const got = actual[index]!.series;
    expect(got.map(({ tags }) => tags)).toEqual(series.map(({ tags }) => tags));
    for (const [place, { points }] of series.entries()) {
      expect(got[place]!.points.map(([time]) => time)).toEqual(points.map(([time]) => time));
      for (const [at, [, value]] of points.entries()) {
        const other = got[place]!.points[at]![1];
        if (typeof value === 'number') expect(other).toBeCloseTo(value, 6);
        else expect(other).toBe(value);
      }
    }
  }
}

describe('roll-ups of one minute and one hour', () => {
  it('answer as the points do, before and after they are made, and over a restart', async () => {
    const { opened, write, answers, reopen } = await openStore();
    await write(history());
    const fromPoints = await answers();
    expect(fromPoints[0]?.series[0]?.points).toHaveLength((HOURS * HOUR) / (5 * MINUTE));
    for (const now of [START + 90_000, START + 2.5 * HOUR, START + 10 * HOUR]) {
      await opened.store.maintain(now);
      expectSame(await answers(), fromPoints);
    }
    await reopen();
    expectSame(await answers(), fromPoints);
  });

  it('take in what comes late, and what brings a new field', async () => {
    const { opened, write, answers } = await openStore();
    const plain = await openStore();
    const all = history();
    const late = all
      .filter((_, index) => index % 97 === 0)
      .map((point) => ({ ...point, fields: { ...point.fields, more: 3 } }));
    const early = all.filter((_, index) => index % 97 !== 0);
    await write(early);
    await opened.store.maintain(START + 10 * HOUR);
    await write(late);
    await plain.write(early);
    await plain.write(late);
    const expected = await plain.answers();
    expectSame(await answers(), expected);
    await opened.store.maintain(START + 10 * HOUR);
    expectSame(await answers(), expected);
    const more = query({ field: 'more', aggregate: 'count', step: 24 * HOUR, groupBy: [] });
    expect((await opened.store.series(more)).series[0]?.points[0]?.[1]).toBe(late.length);
  });

  it('are cut at the limit in order of series and time', async () => {
    const { opened, write } = await openStore();
    await write(history());
    await opened.store.maintain(START + 10 * HOUR);
    const moments = async (limit: number) => {
      const { series, truncated } = await opened.store.series(query({ limit }));
      return {
        truncated,
        moments: series.flatMap(({ tags, points }) => points.map(([time]) => [tags['device'], time])),
      };
    };
    const whole = await moments(50_000);
    expect(whole.truncated).toBe(false);
    expect(whole.moments).toHaveLength(2 * HOURS * 12);
    expect(await moments(70)).toEqual({ truncated: true, moments: whole.moments.slice(0, 70) });
    expect(await moments(whole.moments.length)).toEqual(whole);
  });

  it('outlive their points for as long as they are asked to', async () => {
    const { opened, write } = await openStore();
    await write(history());
    await opened.store.maintain(START + 10 * HOUR);
    const hourly = query({ step: HOUR, aggregate: 'mean', groupBy: [] });
    const before = (await opened.store.series(hourly)).series;
    const gone = START + 3 * HOUR;
    await opened.store.deleteOlderThan('network', gone, { minute: START + 2 * HOUR, hour: START });
    const raw = query({ groupBy: [], limit: 10 });
    const { step: _, ...rawQuery } = raw;
    expect((await opened.store.series(rawQuery)).series[0]?.points[0]?.[0]).toBe(gone);
    const after = (await opened.store.series(hourly)).series;
    expect(after[0]?.points.map(([time]) => time)).toEqual(before[0]?.points.map(([time]) => time));
    for (const [index, [, value]] of (before[0]?.points ?? []).entries()) {
      expect(after[0]?.points[index]?.[1]).toBeCloseTo(Number(value), 6);
    }
    const minutes = (await opened.store.series(query({ groupBy: [] }))).series[0]?.points[0]?.[0];
    expect(minutes).toBe(START + 2 * HOUR);
  });
});
