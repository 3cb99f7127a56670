import { type AxisBounds, axisBounds, boundsAround } from './axis.ts';
import type { Palette } from './palette.ts';
import type { LinePoint } from './series-buffer.ts';

/** One line as a chart draws it. */
export interface ChartLine {
  name: string;
  colour: string;
  points: readonly LinePoint[];
  /** Drawn below zero: upload against download. */
  mirrored?: boolean;
  /** Added onto the lines before. */
  stacked?: boolean;
  /** Only the line, no area below it. */
  bare?: boolean;
  dashed?: boolean;
}

export interface ChartModel {
  lines: readonly ChartLine[];
  /** The window shown, ms since 1970. */
  from: number;
  to: number;
  /** Value to text, for axis and tooltip. */
  format: (value: number) => string;
  /** Time to text, for the axis. */
  clock: (time: number) => string;
  /** Fixed top of the axis, such as 100 for shares. */
  max?: number;
  /** The axis reaches at least this far, so that noise does not look like load. */
  least?: number;
}

/** The ECharts option of a time chart. Plain data: nothing in it touches the page. */
export function chartOption(model: ChartModel, palette: Palette): object {
  return {
    animation: false,
    grid: { left: 70, right: 22, top: 10, bottom: 26, outerBoundsMode: 'none' },
    xAxis: {
      type: 'time',
      min: model.from,
      max: model.to,
      splitNumber: 5,
      // Labels have no seconds: two within a minute would be the same.
      minInterval: 60_000,
      axisLine: { lineStyle: { color: palette.axis } },
      axisTick: { show: false },
      axisLabel: { color: palette.text, fontSize: 11, hideOverlap: true, formatter: model.clock },
      splitLine: { show: false },
    },
    yAxis: {
      type: 'value',
      ...bounds(model),
      axisLabel: {
        color: palette.text,
        fontSize: 11,
        hideOverlap: true,
        formatter: (value: number) => model.format(shownValue(model, value)),
      },
      splitLine: { lineStyle: { color: palette.grid } },
    },
    series: model.lines.map((line) => seriesOption(line, palette)),
  };
}

/** What a drawn value says: below zero of a chart with mirrored lines, how much it is. */
export function shownValue({ lines }: Pick<ChartModel, 'lines'>, value: number): number {
  return lines.some((line) => line.mirrored) ? Math.abs(value) : value;
}

/** Whole steps around all values, or around the fixed top. */
function bounds({ lines, max, least = 0 }: ChartModel): AxisBounds {
  const values = lines
    .flatMap((line) => line.points.map(([, value]) => value ?? Number.NaN))
    .filter((value) => !Number.isNaN(value));
  if (values.some((value) => value < 0)) return boundsAround(Math.min(...values), Math.max(...values));
  if (max !== undefined) return { min: 0, max, interval: max / 4 };
  const highest = (mirrored: boolean): number =>
    Math.max(
      0,
      ...lines
        .filter((line) => (line.mirrored ?? false) === mirrored)
        .flatMap((line) => line.points.map(([, value]) => value ?? 0)),
    );
  const below = lines.some((line) => line.mirrored) ? Math.max(highest(true), least / 4) : 0;
  return axisBounds(Math.max(highest(false), least), below);
}

function seriesOption(line: ChartLine, palette: Palette): object {
  return {
    type: 'line',
    name: line.name,
    data: line.mirrored ? line.points.map(([time, value]) => [time, value === null ? null : -value]) : line.points,
    symbol: 'circle',
    symbolSize: 5,
    // A value alone makes no line.
    showSymbol: line.points.length === 1,
    ...(line.stacked ? { stack: 'all' } : {}),
    lineStyle: { width: line.stacked ? 1 : 1.6, color: line.colour, type: line.dashed ? 'dashed' : 'solid' },
    itemStyle: { color: line.colour, borderColor: palette.surface },
    areaStyle: line.bare ? undefined : { color: line.colour, opacity: line.stacked ? 0.55 : 0.14 },
    emphasis: { disabled: true },
  };
}

/** What the values of a line are, in numbers, for those who do not see the chart; undefined when it has none. */
export function lineSummary(points: readonly LinePoint[]): { last: number; min: number; max: number } | undefined {
  const values = points.map(([, value]) => value).filter((value) => value !== null);
  const last = values.at(-1);
  if (last === undefined) return undefined;
  return { last, min: Math.min(...values), max: Math.max(...values) };
}

/**
 * The path of a sparkline in a box, oldest value left; gaps break it.
 * @returns SVG path data; empty for less than two values
 */
export function sparkPath(points: readonly LinePoint[], width: number, height: number): string {
  const summary = lineSummary(points);
  const first = points[0]?.[0];
  const last = points.at(-1)?.[0];
  if (summary === undefined || first === undefined || last === undefined || first === last) return '';
  const top = Math.max(summary.max, Number.EPSILON) * 1.1;
  let pen = 'M';
  return points
    .map(([time, value]) => {
      if (value === null) {
        pen = 'M';
        return '';
      }
      const x = ((time - first) / (last - first)) * width;
      const y = height - (Math.max(value, 0) / top) * height;
      const part = `${pen}${x.toFixed(1)} ${y.toFixed(1)}`;
      pen = 'L';
      return part;
    })
    .join('');
}
