import { crc32 } from 'node:zlib';
import type { FieldValue } from '../../contract/telemetry.ts';
import { layout, parseShape, type Shape } from './point-codec.ts';
import type { FieldType, Point } from './store.ts';

/** Reads values one after another, in the order of their shape. */
export class ValueReader {
  readonly bytes: Buffer;
  readonly view: DataView;
  protected at: number;

  constructor(bytes: Uint8Array, at = 0) {
    this.bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.at = at;
  }

  number(): number {
    const value = this.view.getFloat64(this.at, true);
    this.at += 8;
    return value;
  }

  value(type: FieldType): FieldValue {
    if (type === 'number') return this.number();
    if (type === 'boolean') return this.view.getUint8(this.at++) === 1;
    const start = this.at + 4;
    this.at = start + this.view.getUint32(this.at, true);
    return this.bytes.toString('utf8', start, this.at);
  }

  /** The values of a point by their names. */
  fields({ fields, types }: Shape): Record<string, FieldValue> {
    return Object.fromEntries(fields.map((field, index) => [field, this.value(types[index]!)]));
  }
}

/** Goes through the records of a message: `next`, then a value per field of the shape. */
export class PointReader extends ValueReader {
  #left: number;
  /** The shape's bytes as a text, one character a byte: what to look a shape up by. */
  shapeKey = '';
  /** ms */
  time = 0;

  /** @param body a message for which `isIntact` is true */
  constructor(body: Uint8Array) {
    super(body, layout.recordsAt);
    this.#left = this.view.getUint16(layout.countAt, true);
  }

  /** Moves to the next record, when all values of the one before have been read; false behind the last. */
  next(): boolean {
    if (this.#left === 0) return false;
    this.#left--;
    const start = this.at + layout.shapeAt;
    const end = start + this.view.getUint32(this.at, true);
    this.shapeKey = this.bytes.toString('latin1', start, end);
    this.time = this.view.getFloat64(end, true);
    this.at = end + layout.timeBytes;
    return true;
  }

  /** The shape of the present record. */
  shape(): Shape {
    return parseShape(Buffer.from(this.shapeKey, 'latin1'));
  }
}

/** True for a message that is as it was written. */
export function isIntact(body: Uint8Array): boolean {
  if (body.byteLength < layout.recordsAt || body[0] !== layout.version) return false;
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  return view.getUint32(layout.crcAt, true) === crc32(body.subarray(layout.countAt));
}

/** How many points a message holds. */
export function pointCount(body: Uint8Array): number {
  return new DataView(body.buffer, body.byteOffset, body.byteLength).getUint16(layout.countAt, true);
}

/** The points of a message of one device. */
export function decodePoints(site: string, device: string, body: Uint8Array): Point[] {
  const reader = new PointReader(body);
  const points: Point[] = [];
  while (reader.next()) {
    const shape = reader.shape();
    const { measurement, tags } = shape;
    points.push({ site, device, measurement, tags, time: reader.time, fields: reader.fields(shape) });
  }
  return points;
}
