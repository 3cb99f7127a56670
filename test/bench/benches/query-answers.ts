import type { SeriesAnswer } from '../stacks/campus.ts';
import type { InfluxSeries } from '../stacks/influxdb.ts';

/** Means of an answer: by device, by the beginning of the step in ms. */
export type Means = ReadonlyMap<string, ReadonlyMap<number, number>>;

/** Two stores add up in different orders, so their means may differ in the last digits. */
const TOLERANCE = 1e-9;

export function meansOfOurs({ series }: SeriesAnswer): Means {
  return new Map(series.map(({ tags, points }) => [tags['device'] ?? '', new Map(points)]));
}

export function meansOfInflux(series: readonly InfluxSeries[]): Means {
  return new Map(
    series.map(({ tags, values }) => [
      tags?.['device'] ?? '',
      new Map(values.map(([time, mean]) => [Number(time), Number(mean)])),
    ]),
  );
}

export function countMeans(means: Means): number {
  return [...means.values()].reduce((sum, points) => sum + points.size, 0);
}

/** What the first difference between two answers is; undefined when they say the same. */
export function differenceOf(ours: Means, theirs: Means): string | undefined {
  if (countMeans(ours) !== countMeans(theirs)) {
    return `ours has ${countMeans(ours)} means, theirs ${countMeans(theirs)}`;
  }
  for (const [device, points] of ours) {
    for (const [time, mean] of points) {
      const other = theirs.get(device)?.get(time);
      if (other === undefined) return `${device} at ${time}: ours has ${mean}, theirs has none`;
      if (Math.abs(mean - other) > TOLERANCE * Math.max(1, Math.abs(other))) {
        return `${device} at ${time}: ours has ${mean}, theirs ${other}`;
      }
    }
  }
  return undefined;
}
