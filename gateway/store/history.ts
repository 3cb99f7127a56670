import type { HistoryPage, HistoryQuery, Point } from './store.ts';

/** How a store reads rows of one measurement, each with its point's time. */
export interface HistoryRows {
  /** Points of `from` (inclusive) to `to` (exclusive) in order of time, as many as `limit` where it is given. */
  read: (range: { from: number; to: number }, limit?: number) => Promise<Point[]>;
}

/**
 * One page of history from a store that reads rows in order of time. A page ends between two moments, so that what has been read is
 * told by a time alone.
 */
export async function historyPage(query: HistoryQuery, { read }: HistoryRows): Promise<HistoryPage> {
  const { from, to, limit } = query;
  const rows = await read({ from, to }, limit + 1);
  if (rows.length <= limit) return { points: mergePoints(rows) };
  return pageUpTo(query, rows, (moment) => read({ from: moment, to: moment + 1 }));
}

/** Cuts rows that are more than a page at the last moment they surely hold whole; when there is only one moment, that one is read whole. */
async function pageUpTo(
  { to }: HistoryQuery,
  rows: readonly Point[],
  readMoment: (moment: number) => Promise<Point[]>,
): Promise<HistoryPage> {
  const first = rows[0]!.time;
  const last = rows.at(-1)!.time;
  if (last > first) return { points: mergePoints(rows.filter(({ time }) => time < last)), next: last };
  const points = mergePoints(await readMoment(first));
  return first + 1 < to ? { points, next: first + 1 } : { points };
}

/**
 * Points of one measurement in order of time, with the fields of every series and moment in one point: several messages may have
 * brought them. What comes later replaces what was.
 */
export function mergePoints(points: readonly Point[]): Point[] {
  const merged: Point[] = [];
  let moment: Point[] = [];
  for (const point of points.toSorted((one, other) => one.time - other.time)) {
    if (moment[0]?.time !== point.time) {
      merged.push(...mergeMoment(moment));
      moment = [];
    }
    moment.push(point);
  }
  merged.push(...mergeMoment(moment));
  return merged;
}

function mergeMoment(points: readonly Point[]): Point[] {
  if (points.length < 2) return [...points];
  const bySeries = new Map<string, Point>();
  for (const point of points) {
    const key = seriesKey(point);
    const known = bySeries.get(key);
    bySeries.set(key, known === undefined ? point : { ...known, fields: { ...known.fields, ...point.fields } });
  }
  return [...bySeries.values()];
}

/** One text per series: tags in one order, separated by what no name may hold. */
export function seriesKey({ site, device, measurement, tags }: Point): string {
  let key = `${site}\n${device}\n${measurement}`;
  for (const name of Object.keys(tags).sort()) key += `\n${name}\t${tags[name]}`;
  return key;
}
