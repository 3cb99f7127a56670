import type { ErrorCode } from '../../contract/errors.ts';
import { limits } from '../../contract/limits.ts';
import { encodePoints, layout, shapeOf, valuesOf } from '../store/point-codec.ts';
import type { FieldTypes, LatestQuery, Point } from '../store/store.ts';
import type { EncodedRecord } from './encoder.ts';
import { FieldRegister } from './field-register.ts';
import { seriesKey } from './series-key.ts';
import { SeriesState } from './series-state.ts';

/** Why one metric of a message was refused. */
export interface PointRejection {
  code: ErrorCode;
  detail: string;
}

/** A series that has been silent for this long, ms, makes room for a new one where there is no other: an interface that went, a disk. */
const STALE_MS = 24 * 3600 * 1000;
/** Looking for such series takes time, so a device or site that is full is looked through this often at most, ms. */
const REVIEW_MS = 60_000;

/** The series of one device. */
export class DeviceSeries {
  readonly byKey = new Map<string, SeriesState>();
  /** Bytes of their newest values. */
  bytes = 0;
}

/** One site: its devices, and how many series they have in all. */
interface SiteSeries {
  devices: Map<string, DeviceSeries>;
  count: number;
  reviewedAt: number;
}

/**
 * Every series the gateway knows, with its newest point: what `latest` answers from, and what bounds cardinality (series and
 * columns are what fills memory and disks, not points).
 */
export class SeriesIndex {
  readonly #sites = new Map<string, SiteSeries>();
  readonly #fields = new FieldRegister();
  readonly #now: () => number;

  /** @param now wall clock, ms */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** Learns at the start which names a store holds. */
  seedFields(types: FieldTypes): void {
    this.#fields.seed(types);
  }

  /** Learns at the start the newest points of a store. */
  seedPoints(points: readonly Point[]): void {
    for (const point of points) {
      const shape = shapeOf(point.measurement, point.tags, point.fields);
      const body = encodePoints([point]);
      const place = { shape, start: layout.recordsAt, end: body.length };
      this.update(body, { ...place, series: this.#seriesOf(point), time: point.time });
    }
  }

  /** Checks a point against the bounds and registers its series and fields; undefined when it may be stored. */
  admit(point: Point): PointRejection | undefined {
    return this.#fields.admit(point) ?? this.#admitSeries(point);
  }

  /** The series of a device; undefined for one that has none. */
  device(site: string, device: string): DeviceSeries | undefined {
    return this.#sites.get(site)?.devices.get(device);
  }

  /** The series of an admitted point. */
  series({ site, device, measurement, tags }: Omit<Point, 'fields' | 'time'>): SeriesState | undefined {
    return this.device(site, device)?.byKey.get(seriesKey(measurement, tags));
  }

  /**
   * Whether the newest values of a device would take too much memory with this message.
   * @param records of one device
   */
  isTooLarge(body: Uint8Array, records: readonly EncodedRecord[]): boolean {
    const [first] = records;
    const device = first === undefined ? undefined : this.device(first.series.site, first.series.device);
    if (device === undefined || device.bytes + body.byteLength <= limits.latestBytesPerDevice) return false;
    const growth = records.reduce((sum, record) => sum + valuesOf(body, record).length - record.series.bytes, 0);
    return growth > 0 && device.bytes + growth > limits.latestBytesPerDevice;
  }

  /** Remembers a record of a message that is in the spool, when it is newer than what is known of its series. */
  update(body: Uint8Array, record: EncodedRecord): void {
    const { shape, time } = record;
    const series = record.series.isReleased ? this.#seriesAgain(record) : record.series;
    const before = series.bytes;
    series.update(shape, { time, values: valuesOf(body, record), seenAt: this.#now() });
    if (series.bytes === before) return;
    const device = this.device(series.site, series.device);
    if (device !== undefined) device.bytes += series.bytes - before;
  }

  /** Takes back the admission of a series whose first point could not be stored. */
  release(series: SeriesState): void {
    if (!series.isStored) this.#remove(series);
  }

  /** Forgets the series of a device, or those with a text as the value of a tag or in the newest value of a field. */
  erase(subject: { site: string; device: string } | { text: string }): void {
    for (const { devices } of this.#sites.values()) {
      for (const { byKey } of devices.values()) {
        for (const series of byKey.values()) if (isOf(series, subject)) this.#remove(series);
      }
    }
  }

  /** The newest point of every series, as far as it has been seen. */
  query({ site, device, measurement }: LatestQuery): Point[] {
    const points: Point[] = [];
    for (const [siteId, { devices }] of this.#sites) {
      if (site !== undefined && siteId !== site) continue;
      for (const [deviceId, { byKey }] of devices) {
        if (device !== undefined && deviceId !== device) continue;
        for (const series of byKey.values()) {
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
    for (const { count } of this.#sites.values()) size += count;
    return size;
  }

  #admitSeries(point: Point): PointRejection | undefined {
    const site = this.#siteOf(point.site);
    const known = this.#deviceOf(site, point.device);
    if (known.byKey.has(seriesKey(point.measurement, point.tags))) return undefined;
    const isFull = (): boolean => known.byKey.size >= limits.seriesPerDevice || site.count >= limits.seriesPerSite;
    if (isFull()) this.#forgetStale(site);
    if (known.byKey.size >= limits.seriesPerDevice) {
      return { code: 'series_limit', detail: `expected at most ${limits.seriesPerDevice} series of one device` };
    }
    if (site.count >= limits.seriesPerSite) {
      return { code: 'series_limit', detail: `expected at most ${limits.seriesPerSite} series of one site` };
    }
    this.#seriesOf(point);
    return undefined;
  }

  #forgetStale(site: SiteSeries): void {
    const now = this.#now();
    if (Math.abs(now - site.reviewedAt) < REVIEW_MS) return;
    site.reviewedAt = now;
    for (const { byKey } of site.devices.values()) {
      for (const series of byKey.values()) if (series.isStored && now - series.seenAt > STALE_MS) this.#remove(series);
    }
  }

  #remove(series: SeriesState): void {
    const site = this.#sites.get(series.site);
    const device = site?.devices.get(series.device);
    if (site === undefined || device?.byKey.delete(seriesKey(series.measurement, series.tags)) !== true) return;
    series.isReleased = true;
    site.count--;
    device.bytes -= series.bytes;
    if (device.byKey.size === 0) site.devices.delete(series.device);
  }

  /** The series of a point, made when there is none. */
  #seriesOf(point: Omit<Point, 'fields' | 'time'>): SeriesState {
    const site = this.#siteOf(point.site);
    const known = this.#deviceOf(site, point.device);
    const key = seriesKey(point.measurement, point.tags);
    let series = known.byKey.get(key);
    if (series === undefined) {
      series = new SeriesState(point);
      known.byKey.set(key, series);
      site.count++;
    }
    return series;
  }

  /**
   * The series in place of one that was released, because its first point was not stored, while a second one was on its way. Its bound was
   * checked when it was admitted.
   */
  #seriesAgain({ series: { site, device, measurement, tags }, shape }: EncodedRecord): SeriesState {
    const series = this.#seriesOf({ site, device, measurement, tags: { ...tags } });
    series.learn(shape);
    return series;
  }

  #siteOf(id: string): SiteSeries {
    let site = this.#sites.get(id);
    if (site === undefined) {
      site = { devices: new Map(), count: 0, reviewedAt: Number.NEGATIVE_INFINITY };
      this.#sites.set(id, site);
    }
    return site;
  }

  #deviceOf(site: SiteSeries, id: string): DeviceSeries {
    let device = site.devices.get(id);
    if (device === undefined) {
      device = new DeviceSeries();
      site.devices.set(id, device);
    }
    return device;
  }
}

function isOf(series: SeriesState, subject: { site: string; device: string } | { text: string }): boolean {
  if (!('text' in subject)) return series.site === subject.site && series.device === subject.device;
  const { tags = {}, fields = {} } = series.newest() ?? {};
  if (Object.values(tags).includes(subject.text)) return true;
  return Object.values(fields).some((value) => typeof value === 'string' && value.includes(subject.text));
}
