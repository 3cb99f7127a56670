import { expect, onTestFinished } from 'vitest';
import type { FieldType, Point, Series, SeriesQuery, SeriesResult, Store } from '../../../../gateway/store/store.ts';

/** A store, and what is to be known of it: where stores differ, they do so openly. */
export interface StoreUnderTest {
  name: string;
  /** An empty store; the suite closes it. */
  open: () => Promise<Store>;
  /** Waits until queries find what was written. */
  settle?: () => Promise<void>;
  /** Types of fields that it can hold. */
  holds: readonly FieldType[];
  /** True when a field may come with several types and all of them are kept; else all but one are left out. */
  mixesTypes?: true;
  /** False when it deletes by a retention period of its own alone. */
  deletes: boolean;
  /** False when nothing of somebody's can be taken out of it. */
  erases?: boolean;
}

const DAY_MS = 24 * 3600 * 1000;

/** A full minute three days ago: VictoriaMetrics takes no points of the far future, and the suite wants some before and after. */
export const start = Math.floor((Date.now() - 3 * DAY_MS) / 60_000) * 60_000;

/** Midnight UTC before that. */
export const midnight = Math.floor(start / DAY_MS) * DAY_MS;

/** A moment, seconds after the start, in ms. */
export const at = (second: number): number => start + second * 1000;

export function point(device: string, second: number, fields: Point['fields'], tags: Point['tags'] = {}): Point {
  return { site: 'school', device, measurement: 'network', tags, fields, time: at(second) };
}

/** A query for the first minute's `network.rx_bytes`, but for what is told. */
export function query(more: Partial<SeriesQuery> = {}): SeriesQuery {
  return {
    measurement: 'network',
    field: 'rx_bytes',
    from: at(0),
    to: at(60),
    aggregate: 'mean',
    groupBy: [],
    limit: 1000,
    ...more,
  };
}

/** Opens a store, writes points and waits until they are found. */
export async function filled(under: StoreUnderTest, points: readonly Point[]): Promise<Store> {
  const store = await under.open();
  onTestFinished(() => store.close());
  await write(under, store, points, 1);
  return store;
}

export async function write(
  under: StoreUnderTest,
  store: Store,
  points: readonly Point[],
  position: number,
): Promise<number> {
  const { skipped } = await store.write({ points, position });
  await under.settle?.();
  return skipped;
}

/** The points of the only series of an answer; none when there is no series. */
export function onlyPoints({ series }: SeriesResult): Series['points'] {
  expect(series.length).toBeLessThanOrEqual(1);
  return series[0]?.points ?? [];
}

/** How far a number may be off: VictoriaMetrics keeps twelve decimal digits or more, sums are added in another order. */
const TOLERANCE = 1e-9;

/** Asserts that two lists of [time, value] are the same but for floating point. */
export function expectPoints(actual: Series['points'], expected: Series['points'], about = ''): void {
  expect(
    actual.map(([time]) => time),
    about,
  ).toEqual(expected.map(([time]) => time));
  for (const [index, [time, value]] of expected.entries()) {
    const got = actual[index]?.[1];
    if (typeof value !== 'number' || typeof got !== 'number') expect(got, about).toEqual(value);
    else expectNumber(got, value, `${about} at ${time}`);
  }
}

export function expectNumber(actual: number, expected: number, about = ''): void {
  const difference = Math.abs(actual - expected);
  expect(difference, `${about}: ${actual} for ${expected}`).toBeLessThanOrEqual(Math.abs(expected) * TOLERANCE);
}

/** Points in one order, whatever order they came in. */
export function inOrder(points: readonly Point[]): Point[] {
  const key = ({ measurement, site, device, tags, time }: Point): string =>
    JSON.stringify([measurement, site, device, Object.entries(tags).sort(), time]);
  return points.toSorted((one, other) => (key(one) < key(other) ? -1 : 1));
}
