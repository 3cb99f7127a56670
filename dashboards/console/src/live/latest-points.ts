import type { DeviceKey } from '../api/campus.ts';
import type { Point } from '../api/schema.ts';

/** The newest point of every series that the console has seen. */
export class LatestPoints {
  /** By device and series: pages ask for one device at a time, of a site with hundreds. */
  readonly #devices = new Map<string, Map<string, Point>>();

  /**
   * Takes points in any order; an older one never replaces a newer one.
   * Fields that the newer point lacks are gone: what is absent is unknown.
   */
  merge(points: readonly Point[]): void {
    for (const point of points) {
      const series = this.#series(point);
      const key = `${point.measurement} ${tagKey(point.tags)}`;
      const known = series.get(key);
      if (known === undefined || known.time <= point.time) series.set(key, point);
    }
  }

  /** The points of one measurement of one device, in a stable order. */
  of(measurement: string, { site, device }: DeviceKey): Point[] {
    const series = this.#devices.get(`${site}/${device}`) ?? new Map<string, Point>();
    return [...series]
      .filter(([, point]) => point.measurement === measurement)
      .toSorted(([a], [b]) => a.localeCompare(b, 'en', { numeric: true }))
      .map(([, point]) => point);
  }

  #series({ site, device }: DeviceKey): Map<string, Point> {
    const key = `${site}/${device}`;
    const known = this.#devices.get(key);
    if (known !== undefined) return known;
    const series = new Map<string, Point>();
    this.#devices.set(key, series);
    return series;
  }
}

/** Series of one measurement are sampled together; one that lies this far behind the others is gone (an unplugged disk, a removed tunnel). */
const GONE_MS = 20_000;

/** The points of one measurement of one device without those of series that no longer report. */
export function currentPoints(points: readonly Point[]): Point[] {
  const newest = Math.max(...points.map((point) => point.time));
  return points.filter((point) => point.time > newest - GONE_MS);
}

/** Tags as one text, whatever their order. */
export function tagKey(tags: Readonly<Record<string, string>>): string {
  return Object.entries(tags)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `${key}=${value}`)
    .join(',');
}
