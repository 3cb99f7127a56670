import { seriesKey } from '../history.ts';
import { LATEST_WINDOW_MS, type LatestQuery, type Point } from '../store.ts';
import { decodeLabels, type FieldSeries } from './labels.ts';
import { measurementSelector } from './promql.ts';
import { FUTURE_MS, type RangeSeries, type VictoriaMetricsApi } from './victoriametrics-api.ts';

const DAY_MS = 24 * 3600 * 1000;
/** The newest point is looked for in the last days first, then in ever longer times: where nothing lies, looking costs little. */
const WINDOW_GROWTH = 8;

/** The newest point of every series of a measurement. */
export async function readLatest(api: VictoriaMetricsApi, measurement: string, query: LatestQuery): Promise<Point[]> {
  const newest = await newestTime(api, measurement);
  if (newest === undefined) return [];
  const selected = measurementSelector(measurement, query);
  const width = LATEST_WINDOW_MS;
  const windows = { from: newest + 1 - width, width, step: width, count: 1 };
  // The names of the series are kept: they hold the fields.
  const times = await api.evaluate((over) => `tlast_over_time(${selected}${over}) keep_metric_names`, windows);
  const values = await api.evaluate((over) => `last_over_time(${selected}${over})`, windows);
  const timeOf = new Map(times.map(({ labels, values: [one] }) => [labelKey(labels), toMs(one?.[1])]));
  return assemble(values, (labels) => timeOf.get(labelKey(labels)));
}

/** The time of a measurement's newest sample, ms; undefined when it has none. */
async function newestTime(api: VictoriaMetricsApi, measurement: string): Promise<number | undefined> {
  const selected = measurementSelector(measurement);
  const { end } = api;
  for (let back = FUTURE_MS + DAY_MS; ; back *= WINDOW_GROWTH) {
    const width = Math.min(back, end);
    const windows = { from: end - width, width, step: width, count: 1 };
    const [answer] = await api.evaluate((over) => `max(tlast_over_time(${selected}${over}))`, windows);
    if (answer !== undefined) return toMs(answer.values[0]?.[1]);
    if (width === end) return undefined;
  }
}

/** Points from the newest sample of every field: the fields of one series whose samples are its newest make one point. */
function assemble(
  series: readonly RangeSeries[],
  timeOf: (labels: RangeSeries['labels']) => number | undefined,
): Point[] {
  const points = new Map<string, Point>();
  for (const { labels, values } of series) {
    const decoded = decodeLabels(labels);
    const [time, value] = [timeOf(labels), values[0]?.[1]];
    if (decoded === undefined || time === undefined || value === undefined) continue;
    const key = seriesKey(decoded.point);
    const known = points.get(key);
    if (known === undefined || known.time < time) points.set(key, withField(decoded, value, time));
    else if (known.time === time) known.fields[decoded.field] = fieldValue(decoded, value);
  }
  return [...points.values()];
}

function withField(series: FieldSeries, value: number, time: number): Point {
  return { ...series.point, fields: { [series.field]: fieldValue(series, value) }, time };
}

function fieldValue({ type }: FieldSeries, value: number): number | boolean {
  return type === 'boolean' ? value === 1 : value;
}

/** `tlast_over_time` answers in seconds with fractions. */
function toMs(seconds: number | undefined): number | undefined {
  return seconds === undefined ? undefined : Math.round(seconds * 1000);
}

function labelKey(labels: Readonly<Record<string, string>>): string {
  return JSON.stringify(Object.entries(labels).sort(([one], [other]) => (one < other ? -1 : 1)));
}
