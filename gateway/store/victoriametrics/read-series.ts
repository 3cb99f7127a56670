import type { FieldValue } from '../../../contract/telemetry.ts';
import type { Series, SeriesQuery, SeriesResult } from '../store.ts';
import { encodeLabel } from './labels.ts';
import { aggregateExpression, fieldSelector } from './promql.ts';
import type { VictoriaMetricsApi, Windows } from './victoriametrics-api.ts';

type NumberOrBoolean = 'number' | 'boolean';
type SeriesPoint = [number, FieldValue];

/** Points of one answer by group. */
class Groups {
  readonly #groupBy: readonly string[];
  readonly #groups = new Map<string, Series>();

  constructor(groupBy: readonly string[]) {
    this.#groupBy = groupBy;
  }

  /** The points of the group that labels belong to; a label that a series lacks is no part of its group's tags. */
  of(labels: Readonly<Record<string, string>>): SeriesPoint[] {
    const tags: Record<string, string> = {};
    for (const key of this.#groupBy) {
      const value = labels[encodeLabel(key)];
      if (value !== undefined && value !== '') tags[key] = value;
    }
    const id = JSON.stringify(tags);
    const known = this.#groups.get(id);
    if (known !== undefined) return known.points;
    const series: Series = { tags, points: [] };
    this.#groups.set(id, series);
    return series.points;
  }

  /** At most `limit` points in all, each group in order of time. */
  result(limit: number): SeriesResult {
    const series: Series[] = [];
    let room = limit;
    let truncated = false;
    for (const { tags, points } of this.#groups.values()) {
      points.sort(([one], [other]) => one - other);
      truncated ||= points.length > room;
      const kept = points.slice(0, room);
      if (kept.length > 0) series.push({ tags, points: kept });
      room -= kept.length;
    }
    return { series, truncated };
  }
}

/** One field over time, in steps. */
export async function readSteps(
  api: VictoriaMetricsApi,
  query: SeriesQuery & { step: number },
  type: NumberOrBoolean,
): Promise<SeriesResult> {
  const { step, aggregate, groupBy } = query;
  const expression = aggregateExpression(aggregate, groupBy, fieldSelector(query, type));
  const toValue = type === 'boolean' && aggregate !== 'count' ? toBoolean : (value: number): FieldValue => value;
  const groups = new Groups(groupBy);
  for (const windows of stepWindows(query, api.end)) {
    for (const { labels, values } of await api.evaluate(expression, windows)) {
      const points = groups.of(labels);
      for (const [time, value] of values) points.push([Math.floor(time / step) * step, toValue(value)]);
    }
  }
  return groups.result(query.limit);
}

/**
 * The steps between two moments as windows: the first and the last step may be cut by `from` and `to`, all between are whole.
 * @param end the moment after which there are no samples
 */
export function stepWindows(query: { from: number; to: number; step: number }, end: number): Windows[] {
  const { step } = query;
  // There is nothing before 1970.
  const [from, to] = [Math.max(0, query.from), Math.min(query.to, end)];
  const windows: Windows[] = [];
  let next = from;
  if (next % step !== 0 && next < to) {
    const border = Math.min(Math.ceil(next / step) * step, to);
    windows.push({ from: next, width: border - next, step, count: 1 });
    next = border;
  }
  const whole = Math.floor((to - next) / step);
  if (whole > 0) windows.push({ from: next, width: step, step, count: whole });
  next += Math.max(0, whole) * step;
  if (next < to) windows.push({ from: next, width: to - next, step, count: 1 });
  return windows;
}

/** One field's raw points. */
export async function readRaw(
  api: VictoriaMetricsApi,
  query: SeriesQuery,
  type: NumberOrBoolean,
): Promise<SeriesResult> {
  const selected = fieldSelector(query, type);
  const range = { from: Math.max(0, query.from), to: Math.min(query.to, api.end) };
  if (range.from >= range.to) return { series: [], truncated: false };
  const to = await cutAfter(api, selected, { ...range, limit: query.limit });
  const groups = new Groups(query.groupBy);
  for await (const { metric, values, timestamps } of api.export(selected, { from: range.from, to })) {
    const points = groups.of(metric);
    for (const [index, value] of values.entries()) {
      if (value !== null) points.push([timestamps[index] ?? 0, type === 'boolean' ? toBoolean(value) : value]);
    }
  }
  return groups.result(query.limit);
}

/**
 * A moment up to which there are more points than `limit`, but not many more: an export has no limit, and what it gives must fit the
 * memory. Found by counting in halves; where all points fit, that is the end of the range.
 */
async function cutAfter(
  api: VictoriaMetricsApi,
  selected: string,
  { from, to, limit }: { from: number; to: number; limit: number },
): Promise<number> {
  const count = async (until: number): Promise<number> => {
    const windows = { from, width: until - from, step: until - from, count: 1 };
    const [answer] = await api.evaluate(aggregateExpression('count', [], selected), windows);
    return answer?.values[0]?.[1] ?? 0;
  };
  if ((await count(to)) <= limit) return to;
  let [few, many] = [from, to];
  while (many - few > 1) {
    const middle = Math.floor((few + many) / 2);
    const points = await count(middle);
    if (points <= limit) few = middle;
    else if (points <= limit * 2) return middle;
    else many = middle;
  }
  return many;
}

function toBoolean(value: number): boolean {
  return value === 1;
}
