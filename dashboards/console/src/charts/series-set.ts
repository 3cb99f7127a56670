import type { Point, Series } from '../api/schema.ts';
import { tagKey } from '../live/latest-points.ts';
import { type LinePoint, SeriesBuffer } from './series-buffer.ts';

/** Which values of one device a chart shows. */
export interface SeriesSpec {
  measurement: string;
  fields: readonly string[];
  /** One line for each combination of these tags, of the points that have them all; without any one line per field, of the points that have no tag. */
  groupBy?: readonly string[];
}

export interface Line {
  field: string;
  /** The values of the `groupBy` tags with spaces between; empty without any. */
  group: string;
  points: LinePoint[];
}

/** The lines of one chart: loaded from the gateway's history, continued by what the stream brings. */
export class SeriesSet {
  readonly #spec: SeriesSpec;
  readonly #stepMs: number;
  readonly #buffers = new Map<string, { field: string; group: string; buffer: SeriesBuffer }>();

  constructor(spec: SeriesSpec, stepMs: number) {
    this.#spec = spec;
    this.#stepMs = stepMs;
  }

  /** Takes the history of one field. */
  load(field: string, series: readonly Series[], loadedAt: number): void {
    for (const { tags, points } of series) {
      const group = this.#group(tags);
      if (group === undefined) continue;
      const numbers = points.filter((point): point is [number, number] => typeof point[1] === 'number');
      this.#buffer(field, group).load(numbers, loadedAt);
    }
  }

  /** Takes a live point; returns whether any line grew. */
  push(point: Pick<Point, 'measurement' | 'time' | 'tags' | 'fields'>): boolean {
    if (point.measurement !== this.#spec.measurement) return false;
    const group = this.#group(point.tags);
    if (group === undefined) return false;
    let grew = false;
    for (const field of this.#spec.fields) {
      const value = point.fields[field];
      if (typeof value !== 'number') continue;
      this.#buffer(field, group).push(point.time, value);
      grew = true;
    }
    return grew;
  }

  trim(from: number): void {
    for (const { buffer } of this.#buffers.values()) buffer.trim(from);
  }

  /** The lines in the order of the fields, then of the groups; lines without any value are left out. */
  lines(): Line[] {
    const lines = [...this.#buffers.values()].map(({ field, group, buffer }) => ({
      field,
      group,
      points: buffer.line(),
    }));
    return lines
      .filter((line) => line.points.length > 0)
      .toSorted(
        (a, b) =>
          this.#spec.fields.indexOf(a.field) - this.#spec.fields.indexOf(b.field) ||
          a.group.localeCompare(b.group, 'en', { numeric: true }),
      );
  }

  #group(tags: Readonly<Record<string, string>>): string | undefined {
    const { groupBy } = this.#spec;
    if (groupBy !== undefined) {
      const values = groupBy.map((tag) => tags[tag]);
      return values.includes(undefined) ? undefined : values.join(' ');
    }
    const { site: _site, device: _device, ...own } = tags;
    return tagKey(own) === '' ? '' : undefined;
  }

  #buffer(field: string, group: string): SeriesBuffer {
    const key = `${field}\u0000${group}`;
    const known = this.#buffers.get(key);
    if (known !== undefined) return known.buffer;
    const buffer = new SeriesBuffer(this.#stepMs);
    this.#buffers.set(key, { field, group, buffer });
    return buffer;
  }
}

/** The sum of lines at each time where any of them has a value; a null where none has. */
export function sumLines(lines: readonly Line[]): LinePoint[] {
  const sums = new Map<number, number | null>();
  for (const [time, value] of lines.flatMap((line) => line.points)) {
    const sum = sums.get(time) ?? null;
    sums.set(time, value === null ? sum : (sum ?? 0) + value);
  }
  return [...sums].toSorted(([a], [b]) => a - b);
}
