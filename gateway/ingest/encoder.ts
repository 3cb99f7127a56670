import { Type } from '#typebox';
import { Compile } from '#typebox/compile';
import { limits } from '../../contract/limits.ts';
import { holdsMac } from '../../contract/mac-address.ts';
import { TagValue, Telemetry, type TimeBounds } from '../../contract/telemetry.ts';
import type { PersonalGuard } from '../privacy/personal-guard.ts';
import { PointWriter, type RecordPlace, shapeOf } from '../store/point-codec.ts';
import type { Point } from '../store/store.ts';
import type { DeviceSeries, SeriesIndex } from './series-index.ts';
import { isStamped, seriesKey } from './series-key.ts';
import type { SeriesState } from './series-state.ts';

/** How a sender numbers its messages, if it does. */
interface Numbering {
  boot?: string | undefined;
  seq?: number | undefined;
}

/** A message as it goes into the spool, with what it says of each series. */
export interface Encoded extends Numbering {
  body: Uint8Array;
  records: EncodedRecord[];
  /** The message as it may be passed on, where that is not as it came. */
  cleaned?: Uint8Array;
}

export interface EncodedRecord extends RecordPlace {
  series: SeriesState;
  time: number;
}

/** The envelope alone. Its metrics are compared with what has been checked before. */
const Envelope = Type.Object(
  {
    ...Telemetry.properties,
    metrics: Type.Array(Type.Unknown(), { minItems: 1, maxItems: limits.metricsPerMessage }),
  },
  { additionalProperties: false },
);
const envelope = Compile(Envelope);

const tagValue = Compile(TagValue);

/**
 * Encodes telemetry for the spool. Nearly every message looks like the one before it from the same device; then comparing it with
 * what has been checked already replaces checking it against the schema, which takes several times as long.
 */
export class Encoder {
  readonly #index: SeriesIndex;
  readonly #guard: Pick<PersonalGuard, 'trusts'>;
  readonly #writer = new PointWriter();

  /** @param guard tells whose texts need not be looked at */
  constructor(index: SeriesIndex, guard: Pick<PersonalGuard, 'trusts'>) {
    this.#index = index;
    this.#guard = guard;
  }

  /**
   * Encodes a message all of whose series and fields are known.
   * @param json a payload that is JSON, and nothing else is known of it
   * @param times that its points may have
   * @returns undefined when anything is new or not as it should be: the schema then tells which
   */
  known({ site, device }: { site: string; device: string }, json: unknown, times: TimeBounds): Encoded | undefined {
    if (!envelope.Check(json)) return undefined;
    const known = this.#index.device(site, device);
    if (known === undefined) return undefined;
    this.#writer.begin();
    const records: EncodedRecord[] = [];
    for (const metric of json.metrics) {
      const record = this.#record(known, metric, times);
      if (record === undefined) return undefined;
      records.push(record);
    }
    return this.#finish(records, json);
  }

  /** Encodes points that the index has admitted. */
  admitted(points: readonly Point[], { boot, seq }: Numbering): Encoded {
    this.#writer.begin();
    const records = points.map((point): EncodedRecord => {
      const { measurement, tags, fields, time } = point;
      const series = this.#index.series(point)!;
      const shape = series.learn(shapeOf(measurement, tags, fields));
      const start = this.#writer.add(shape, fields, time)!;
      return { series, shape, time, start, end: this.#writer.length };
    });
    return this.#finish(records, { boot, seq });
  }

  #finish(records: EncodedRecord[], { boot, seq }: Numbering): Encoded {
    return { body: this.#writer.finish(), boot, seq, records };
  }

  #record(known: DeviceSeries, metric: unknown, { earliest, latest }: TimeBounds): EncodedRecord | undefined {
    if (!isRecord(metric)) return undefined;
    const { name, tags, fields, timestamp: time } = metric;
    if (typeof name !== 'string' || !isRecord(tags) || !isRecord(fields)) return undefined;
    if (typeof time !== 'number' || !Number.isInteger(time)) return undefined;
    if (time > latest || time < earliest) return undefined;
    if (!areTexts(tags)) return undefined;
    const series = known.byKey.get(seriesKey(name, tags));
    if (series === undefined) return undefined;
    for (const shape of series.shapes) {
      if (shape.types.includes('string') && !this.#guard.trusts(name) && namesClient(fields)) return undefined;
      const start = this.#writer.add(shape, fields, time);
      if (start !== undefined) return { series, shape, time, start, end: this.#writer.length };
    }
    return undefined;
  }
}

/**
 * True for tags whose values are texts that the wire allows. Only those that the gateway drops are looked at closely: the others stand in
 * the key of a known series, so they have been looked at before.
 */
function areTexts(tags: Readonly<Record<string, unknown>>): tags is Readonly<Record<string, string>> {
  for (const name in tags) {
    const value = tags[name];
    if (typeof value !== 'string') return false;
    if (isStamped(name) && !tagValue.Check(value)) return false;
  }
  return true;
}

/** True where a text has what may be the MAC address of somebody's device: it is looked at closely, each time. */
function namesClient(fields: Readonly<Record<string, unknown>>): boolean {
  for (const name in fields) {
    const value = fields[name];
    if (typeof value === 'string' && holdsMac(value)) return true;
  }
  return false;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
