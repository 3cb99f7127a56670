import type { ErrorCode } from '../../contract/errors.ts';
import { limits } from '../../contract/limits.ts';
import { measurements } from '../../contract/measurements/index.ts';
import type { FieldType, FieldTypes, LatestQuery, Point } from '../store/store.ts';

/** Why one metric of a message was refused. */
export interface PointRejection {
  code: ErrorCode;
  detail: string;
}

/**
 * Every series the gateway knows, with its newest point: what `latest` answers from, and what bounds cardinality (series and
 * columns are what fills memory and disks, not points). On the path of every metric: no allocation beyond the key of a series.
 */
export class SeriesIndex {
  /** site → device → series key → newest stored point; undefined while the first one is on its way to the disk */
  readonly #sites = new Map<string, Map<string, Map<string, Point | undefined>>>();
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

  /** Remembers a point that is on the disk, when it is newer than what is known of its series. */
  update(point: Point): void {
    const device = this.#device(point.site, point.device);
    const key = seriesKey(point);
    const known = device.get(key);
    if (known === undefined || known.time <= point.time) this.#set(point, key, point);
  }

  /** Takes back the admission of a point that could not be stored, unless another point of its series was. */
  release(point: Point): void {
    const device = this.#device(point.site, point.device);
    const key = seriesKey(point);
    if (device.get(key) !== undefined || !device.delete(key)) return;
    this.#siteCounts.set(point.site, (this.#siteCounts.get(point.site) ?? 0) - 1);
  }

  /** The newest point of every series, as far as it has been seen. */
  query({ site, device, measurement }: LatestQuery): Point[] {
    const points: Point[] = [];
    for (const [siteId, devices] of this.#sites) {
      if (site !== undefined && siteId !== site) continue;
      for (const [deviceId, series] of devices) {
        if (device !== undefined && deviceId !== device) continue;
        for (const point of series.values()) {
          if (point === undefined) continue;
          if (measurement === undefined || point.measurement === measurement) points.push(point);
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
    const device = this.#device(point.site, point.device);
    const key = seriesKey(point);
    if (device.has(key)) return undefined;
    if (device.size >= limits.seriesPerDevice) {
      return { code: 'series_limit', detail: `expected at most ${limits.seriesPerDevice} series of one device` };
    }
    if ((this.#siteCounts.get(point.site) ?? 0) >= limits.seriesPerSite) {
      return { code: 'series_limit', detail: `expected at most ${limits.seriesPerSite} series of one site` };
    }
    this.#set(point, key, undefined);
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

  #set({ site, device: id }: Point, key: string, point: Point | undefined): void {
    const device = this.#device(site, id);
    const size = device.size;
    device.set(key, point);
    if (device.size > size) this.#siteCounts.set(site, (this.#siteCounts.get(site) ?? 0) + 1);
  }

  #typesOf(measurement: string): Map<string, FieldType> {
    let types = this.#types.get(measurement);
    if (types === undefined) {
      types = new Map();
      this.#types.set(measurement, types);
    }
    return types;
  }

  #device(site: string, device: string): Map<string, Point | undefined> {
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

/** A series within its device: measurement and tags in one order, separated by what no name may hold. */
function seriesKey({ measurement, tags }: Point): string {
  const names = Object.keys(tags);
  if (names.length === 0) return measurement;
  let key = measurement;
  for (const name of names.length > 1 ? names.sort() : names) key += `\n${name}\t${tags[name]}`;
  return key;
}
