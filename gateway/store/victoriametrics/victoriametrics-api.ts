import { Type } from '#typebox';
import { Compile } from '#typebox/compile';
import { SERVER_TIMEOUT_MS, type Server } from '../server.ts';
import type { WindowExpression } from './promql.ts';

/**
 * Samples near to now come late or shifted from the query API (`-search.latencyOffset`), so nothing is ever evaluated there: the
 * evaluation happens this long ago, with an offset that reaches forward by as much.
 */
const SETTLED_MS = 3600_000;
/** Evaluations of one request; the server's bound is `-search.maxPointsPerTimeseries`, 30,000 unless set. */
const EVALUATIONS_MAX = 10_000;
/** Samples in one line of an export: it bounds the line, not the answer. */
const LINE_SAMPLES = 10_000;
/** Samples may lie this far ahead of the server's clock; it takes none beyond two days. */
export const FUTURE_MS = 3 * 24 * 3600 * 1000;

/** Windows of one width, one beside the other: the first begins at `from`, each next one `step` later. Times in ms. */
export interface Windows {
  from: number;
  width: number;
  step: number;
  count: number;
}

export interface RangeSeries {
  labels: Record<string, string>;
  /** [beginning of the window in ms, value] of the windows that hold samples, ascending. */
  values: [number, number][];
}

export interface ExportedSeries {
  metric: Record<string, string>;
  values: (number | null)[];
  timestamps: number[];
}

const Metric = Type.Record(Type.String(), Type.String());
/** `/api/v1/query_range` as Prometheus answers it; times in seconds, values as text. */
const rangeAnswer = Compile(
  Type.Object({
    status: Type.Literal('success'),
    data: Type.Object({
      result: Type.Array(
        Type.Object({ metric: Metric, values: Type.Array(Type.Tuple([Type.Number(), Type.String()])) }),
      ),
    }),
  }),
);
/** `/api/v1/label/…/values` */
const labelAnswer = Compile(Type.Object({ status: Type.Literal('success'), data: Type.Array(Type.String()) }));
/** `/api/v1/series` */
const seriesAnswer = Compile(Type.Object({ status: Type.Literal('success'), data: Type.Array(Metric) }));
/** One line of `/api/v1/export`; times in ms. */
const exportLine = Compile(
  Type.Object({
    metric: Metric,
    values: Type.Array(Type.Union([Type.Number(), Type.Null()])),
    timestamps: Type.Array(Type.Integer()),
  }),
);

/** The reading side of VictoriaMetrics. */
export class VictoriaMetricsApi {
  readonly #server: Server;
  readonly #deleting: Server;
  readonly #now: () => number;

  /** @param deleting where series are deleted, in a cluster another address @param now wall clock, ms */
  constructor({ server, deleting, now }: { server: Server; deleting: Server; now: () => number }) {
    this.#server = server;
    this.#deleting = deleting;
    this.#now = now;
  }

  /** The moment after which no sample can be, ms. */
  get end(): number {
    return this.#now() + FUTURE_MS;
  }

  /**
   * Evaluates an expression over windows that hold their beginning and not their end, as the other stores' steps do. PromQL's windows
   * are the other way round, but times are whole milliseconds: the one that ends a millisecond earlier holds the same samples.
   */
  async evaluate(expression: WindowExpression, { from, width, step, count }: Windows): Promise<RangeSeries[]> {
    const bySeries = new Map<string, RangeSeries>();
    for (let done = 0; done < count; done += EVALUATIONS_MAX) {
      const part = { from: from + done * step, width, step, count: Math.min(count - done, EVALUATIONS_MAX) };
      for (const { labels, values } of await this.#evaluatePart(expression, part)) {
        const key = JSON.stringify(labels);
        const known = bySeries.get(key);
        if (known === undefined) bySeries.set(key, { labels, values });
        else known.values.push(...values);
      }
    }
    return [...bySeries.values()];
  }

  async #evaluatePart(expression: WindowExpression, { from, width, step, count }: Windows): Promise<RangeSeries[]> {
    const start = from + width - 1;
    const end = start + (count - 1) * step;
    const shift = Math.max(0, end - (this.#now() - SETTLED_MS));
    const form = {
      query: expression(`[${width}ms]${shift > 0 ? ` offset -${shift}ms` : ''}`),
      start: seconds(start - shift),
      end: seconds(end - shift),
      step: `${step}ms`,
      nocache: '1',
    };
    const answer = await this.#server.json({ path: '/api/v1/query_range', form });
    if (!rangeAnswer.Check(answer)) throw this.#server.unexpected(JSON.stringify(answer).slice(0, 300));
    return answer.data.result.map(({ metric, values }) => ({
      labels: metric,
      values: values.map(([time, value]): [number, number] => [
        Math.round(time * 1000) + shift - width + 1,
        Number(value),
      ]),
    }));
  }

  /** The raw samples of every series that is selected, of `from` (inclusive) to `to` (exclusive), a series in one or several parts. */
  async *export(
    selected: string,
    { from, to }: { from: number; to: number },
    timeoutMs = SERVER_TIMEOUT_MS,
  ): AsyncGenerator<ExportedSeries> {
    const form = {
      'match[]': selected,
      start: seconds(from),
      end: seconds(to - 1),
      max_rows_per_line: String(LINE_SAMPLES),
    };
    for await (const line of this.#server.lines({ path: '/api/v1/export', form, timeoutMs })) {
      const series = parseJson(line);
      if (!exportLine.Check(series)) throw this.#server.unexpected(line.slice(0, 200));
      yield series;
    }
  }

  /** The labels of every series that is selected and has samples on the days of a span of time, ms. */
  async series(selected: string, { from, to }: { from: number; to: number }): Promise<Record<string, string>[]> {
    const form = { 'match[]': selected, start: seconds(from), end: seconds(to) };
    const answer = await this.#server.json({ path: '/api/v1/series', form });
    if (!seriesAnswer.Check(answer)) throw this.#server.unexpected(JSON.stringify(answer).slice(0, 300));
    return answer.data;
  }

  /** The names of all labels. */
  async labelNames(): Promise<string[]> {
    const form = { start: '1', end: seconds(this.end) };
    const answer = await this.#server.json({ path: '/api/v1/labels', form });
    if (!labelAnswer.Check(answer)) throw this.#server.unexpected(JSON.stringify(answer).slice(0, 300));
    return answer.data;
  }

  /**
   * Deletes whole series (https://docs.victoriametrics.com/#how-to-delete-time-series): they are found no more at once, and leave the disk with
   * the next merge of their parts.
   */
  async deleteSeries(selected: string): Promise<void> {
    const form = { 'match[]': selected };
    const { status, body } = await this.#deleting.text({ path: '/api/v1/admin/tsdb/delete_series', form });
    if (status >= 300) throw this.#deleting.unexpected(`status ${status}, ${body.slice(0, 200)}`);
  }

  /** Every value that a label has had among the series that are selected. */
  async labelValues(label: string, selected: string): Promise<string[]> {
    // Without a beginning only the last day's series would be told.
    const form = { 'match[]': selected, start: '1', end: seconds(this.end) };
    const answer = await this.#server.json({ path: `/api/v1/label/${encodeURIComponent(label)}/values`, form });
    if (!labelAnswer.Check(answer)) throw this.#server.unexpected(JSON.stringify(answer).slice(0, 300));
    return answer.data;
  }
}

/** Milliseconds as the API's seconds. */
function seconds(ms: number): string {
  return (ms / 1000).toFixed(3);
}

/** Undefined for what is no JSON, such as a line that the connection's end cut. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
