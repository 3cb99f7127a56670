import type { Aggregate, Point, Series, SeriesQuery } from '../../../../gateway/store/store.ts';

/** What a query means, written down as plainly as possible: the stores are held against it. */
export function referenceSeries(points: readonly Point[], query: SeriesQuery): Series[] {
  const groups = new Map<string, { tags: Record<string, string>; samples: Map<number, [number, number][]> }>();
  for (const { time, value, tags } of selected(points, query)) {
    const of = Object.fromEntries(query.groupBy.flatMap((key) => (tags[key] === undefined ? [] : [[key, tags[key]]])));
    const group = groups.get(JSON.stringify(of)) ?? { tags: of, samples: new Map() };
    groups.set(JSON.stringify(of), group);
    const step = query.step ?? 1;
    const moment = Math.floor(time / step) * step;
    group.samples.set(moment, [...(group.samples.get(moment) ?? []), [time, value]]);
  }
  // Raw points lie at moments of their own.
  const aggregate = query.step === undefined ? 'last' : query.aggregate;
  return [...groups.values()].map(({ tags, samples }) => ({
    tags,
    points: [...samples]
      .sort(([one], [other]) => one - other)
      .map(([time, some]): [number, number] => [time, aggregated(aggregate, some)]),
  }));
}

function selected(points: readonly Point[], query: SeriesQuery) {
  return points.flatMap(({ site, device, measurement, tags, fields, time }) => {
    const all: Record<string, string> = { ...tags, site, device };
    const value = fields[query.field];
    const wanted = {
      ...query.tags,
      ...(query.site && { site: query.site }),
      ...(query.device && { device: query.device }),
    };
    const fits =
      measurement === query.measurement &&
      time >= query.from &&
      time < query.to &&
      Object.entries(wanted).every(([key, text]) => (all[key] ?? '') === text);
    return fits && typeof value === 'number' ? [{ time, value, tags: all }] : [];
  });
}

function aggregated(aggregate: Aggregate, samples: readonly [number, number][]): number {
  const ordered = samples.toSorted(([one], [other]) => one - other);
  const values = ordered.map(([, value]) => value);
  const sum = values.reduce((total, value) => total + value, 0);
  const of: Record<Aggregate, number | undefined> = {
    mean: sum / values.length,
    min: Math.min(...values),
    max: Math.max(...values),
    sum,
    count: values.length,
    first: values[0],
    last: values.at(-1),
  };
  return of[aggregate] ?? Number.NaN;
}
