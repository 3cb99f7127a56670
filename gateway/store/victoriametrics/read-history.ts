import { seriesKey } from '../history.ts';
import { HISTORY_TIMEOUT_MS } from '../server.ts';
import type { HistoryPage, HistoryQuery, Point } from '../store.ts';
import { decodeLabels } from './labels.ts';
import { measurementSelector } from './promql.ts';
import type { VictoriaMetricsApi } from './victoriametrics-api.ts';

/** Width of the first window that is exported, ms; it adapts to how much a window holds. */
const FIRST_WIDTH_MS = 3600_000;
const GROWTH = 4;

/**
 * Reads history by exporting one window after the other: VictoriaMetrics exports series by series, so a window is what fits in
 * memory. The width that fitted is kept for the next page of the same measurement.
 */
export class HistoryReader {
  readonly #api: VictoriaMetricsApi;
  readonly #widths = new Map<string, number>();

  constructor(api: VictoriaMetricsApi) {
    this.#api = api;
  }

  async read({ measurement, limit, ...range }: HistoryQuery): Promise<HistoryPage> {
    const to = Math.min(range.to, this.#api.end);
    let from = Math.max(0, range.from);
    let width = this.#widths.get(measurement) ?? FIRST_WIDTH_MS;
    while (from < to) {
      const until = Math.min(from + width, to);
      const points = await this.#window(measurement, { from, to: until }, limit * 2);
      if (points === undefined && width > 1) {
        width = Math.max(1, Math.floor(width / GROWTH));
        continue;
      }
      if (points === undefined || points.length > 0) {
        const page = points ?? (await this.#window(measurement, { from, to: until }, Number.POSITIVE_INFINITY)) ?? [];
        this.#widths.set(measurement, page.length < limit / GROWTH ? width * 2 : width);
        return cut(page, limit, until < to ? until : undefined);
      }
      from = until;
      width *= GROWTH;
    }
    return { points: [] };
  }

  /** The points of a window in order of time; undefined when there are more than `max`. */
  async #window(measurement: string, range: { from: number; to: number }, max: number): Promise<Point[] | undefined> {
    const points = new Map<string, Point>();
    const exported = this.#api.export(measurementSelector(measurement), range, HISTORY_TIMEOUT_MS);
    for await (const { metric, values, timestamps } of exported) {
      const series = decodeLabels(metric);
      if (series === undefined) continue;
      const key = seriesKey(series.point);
      for (const [index, value] of values.entries()) {
        const time = timestamps[index];
        if (value === null || time === undefined) continue;
        const id = `${time}\n${key}`;
        const point = points.get(id) ?? { ...series.point, fields: {}, time };
        point.fields[series.field] = series.type === 'boolean' ? value === 1 : value;
        points.set(id, point);
      }
      if (points.size > max) return undefined;
    }
    return [...points.values()].sort((one, other) => one.time - other.time);
  }
}

/** Ends a page that is too long between two moments; one moment stays whole, however many points it has. */
function cut(points: Point[], limit: number, next: number | undefined): HistoryPage {
  const border = points[limit]?.time;
  const first = points[0]?.time;
  if (border === undefined || first === undefined) return next === undefined ? { points } : { points, next };
  const end = border > first ? border : first + 1;
  const page = points.filter(({ time }) => time < end);
  if (page.length === points.length) return next === undefined ? { points } : { points, next };
  return { points: page, next: end };
}
