import type { ErrorCode } from '../../contract/errors.ts';
import { limits } from '../../contract/limits.ts';
import { measurements } from '../../contract/measurements/index.ts';
import { encodePoints, layout, shapeOf, valuesOf } from '../store/point-codec.ts';
import type { FieldType, FieldTypes, LatestQuery, Point } from '../store/store.ts';
import { seriesKey } from './series-key.ts';
import { SeriesState } from './series-state.ts';

/** Why one metric of a message was refused. */
export interface PointRejection {
  code: ErrorCode;
  detail: string;
}

/** The series of one device by `seriesKey`. */
export type DeviceSeries = ReadonlyMap<string, SeriesState>;

/**
 * Every series the gateway knows, with its newest point: what `latest` answers from, and what bounds cardinality (series and
 * columns are what fills memory and disks, not points).
 */
export class SeriesIndex {
  /** site → device → series key → series */
  readonly #sites = new Map<string, Map<string, Map<string, SeriesState>>>();
  readonly #siteCounts = new Map<string, number>();
  readonly #types: FieldTypes = new Map();
  /** Fields that each device was the first to send. */
  readonly #introduced = new Map<string, number>();

  constructor() {
    for (const { name, fields } of Object.values(measurements)) {
      this.#types.set(name, new Map(Object.entries(fields).map(([field, { type }]) => [field, type])));
    }
  }

  /** Learns what a store holds, at the start. What the contract says of a field's type stands. */
  seed(types: FieldTypes, points: readonly Point[]): void {
    for (const [measurement, fields] of types) {
      const known = this.#typesOf(measurement);
      for (const [field, type] of fields) if (!known.has(field)) known.set(field, type);
    }
    for (const point of points) this.update(point);
  }

  /** Checks a point against the bounds and registers its series and fields; undefined when it may be stored. */
  admit(point: Point): PointRejection | undefined {
    return this.#checkFields(point) ?? this.#admitSeries(point);
  }

  /** The series of a device; undefined for one that has none. */
  device(site: string, device: string): DeviceSeries | undefined {
    return this.#sites.get(site)?.get(device);
  }

  /** The series of an admitted point. */
  series({ site, device, measurement, tags }: Omit<Point, 'fields' | 'time'>): SeriesState | undefined {
    return this.device(site, device)?.get(seriesKey(measurement, tags));
  }

  /** Remembers a point that is in a store, when it is newer than what is known of its series. */
  update(point: Point): void {
    const shape = shapeOf(point.measurement, point.tags, point.fields);
    const body = encodePoints([point]);
    const place = { shape, start: layout.recordsAt, end: body.length };
    this.#seriesOf(point).update(shape, point.time, valuesOf(body, place));
  }

  /** Takes back the admission of a series whose first point could not be stored. */
  release(series: SeriesState): void {
    const { site, device, measurement, tags } = series;
    if (series.isStored || this.#sites.get(site)?.get(device)?.delete(seriesKey(measurement, tags)) !== true) return;
    this.#siteCounts.set(site, (this.#siteCounts.get(site) ?? 0) - 1);
  }

  /** The newest point of every series, as far as it has been seen. */
  query({ site, device, measurement }: LatestQuery): Point[] {
    const points: Point[] = [];
    for (const [siteId, devices] of this.#sites) {
      if (site !== undefined && siteId !== site) continue;
      for (const [deviceId, known] of devices) {
        if (device !== undefined && deviceId !== device) continue;
        for (const series of known.values()) {
          if (measurement !== undefined && series.measurement !== measurement) continue;
          const newest = series.newest();
          if (newest !== undefined) points.push(newest);
        }
      }
    }
    return points;
  }

  /** Series known in all. */
  get size(): number {
    let size = 0;
    for (const count of this.#siteCounts.values()) size += count;
    return size;
  }

  #admitSeries(point: Point): PointRejection | undefined {
    const known = this.#device(point.site, point.device);
    if (known.has(seriesKey(point.measurement, point.tags))) return undefined;
    if (known.size >= limits.seriesPerDevice) {
      return { code: 'series_limit', detail: `expected at most ${limits.seriesPerDevice} series of one device` };
    }
    if ((this.#siteCounts.get(point.site) ?? 0) >= limits.seriesPerSite) {
      return { code: 'series_limit', detail: `expected at most ${limits.seriesPerSite} series of one site` };
    }
    this.#seriesOf(point);
    return undefined;
  }

  #checkFields({ site, device, measurement, fields }: Point): PointRejection | undefined {
    if (!this.#types.has(measurement) && this.#types.size >= limits.measurements) {
      return {
        code: 'field_limit',
        detail: `expected at most ${limits.measurements} measurements, got also ${measurement}`,
      };
    }
    const known = this.#typesOf(measurement);
    for (const field in fields) {
      const type = typeof fields[field] as FieldType;
      const expected = known.get(field);
      if (expected === type) continue;
      if (expected !== undefined) {
        return {
          code: 'field_type_conflict',
          detail: `${measurement}.${field}: expected a ${expected}, got a ${type}`,
        };
      }
      const introduced = this.#introduced.get(`${site}/${device}`) ?? 0;
      if (known.size >= limits.fieldsPerMeasurement || introduced >= limits.newFieldsPerDevice) {
        return {
          code: 'field_limit',
          detail: `expected at most ${limits.fieldsPerMeasurement} fields of ${measurement} and ${limits.newFieldsPerDevice} new ones of one device, got also ${field}`,
        };
      }
      this.#introduced.set(`${site}/${device}`, introduced + 1);
      known.set(field, type);
    }
    return undefined;
  }

  /** The series of a point, made when there is none. */
  #seriesOf(point: Point): SeriesState {
    const known = this.#device(point.site, point.device);
    const key = seriesKey(point.measurement, point.tags);
    let series = known.get(key);
    if (series === undefined) {
      series = new SeriesState(point);
      known.set(key, series);
      this.#siteCounts.set(point.site, (this.#siteCounts.get(point.site) ?? 0) + 1);
    }
    return series;
  }

  #typesOf(measurement: string): Map<string, FieldType> {
    let types = this.#types.get(measurement);
    if (types === undefined) {
      types = new Map();
      this.#types.set(measurement, types);
    }
    return types;
  }

  #device(site: string, device: string): Map<string, SeriesState> {
    let devices = this.#sites.get(site);
    if (devices === undefined) {
      devices = new Map();
      this.#sites.set(site, devices);
    }
    let series = devices.get(device);
    if (series === undefined) {
      series = new Map();
      devices.set(device, series);
    }
    return series;
  }
}
