import { crc32 } from 'node:zlib';
import { limits } from '../../contract/limits.ts';
import type { FieldValue } from '../../contract/telemetry.ts';
import type { FieldType, Point } from './store.ts';

/**
 * How points lie in the spool: as numbers, not as text, for they are read back by a thread that shall have little to do, and an SD card
 * wears with every byte. All integers are little-endian.
 *
 *   message: u8 version, u32 CRC-32 of what follows, u16 number of records, records
 *   record:  u32 length of the shape, shape, f64 time in ms, one value per field
 *   shape:   JSON in UTF-8: [measurement, tags, names of the fields, their types as letters]
 *   value:   number f64, boolean u8, string u32 length and UTF-8
 *
 * SQLite does not notice a changed byte within a row; the checksum does.
 */
export const layout = {
  version: 1,
  /** Where things begin in a message. */
  crcAt: 1,
  countAt: 5,
  recordsAt: 7,
  /** Where the shape begins in a record. */
  shapeAt: 4,
  timeBytes: 8,
} as const;

/** What repeats from message to message of one series: everything but time and values. */
export interface Shape {
  readonly measurement: string;
  /** Without site and device, by name. */
  readonly tags: Readonly<Record<string, string>>;
  readonly fields: readonly string[];
  readonly types: readonly FieldType[];
  /** The shape as it stands in a record. */
  readonly bytes: Buffer;
}

const letters: Readonly<Record<FieldType, string>> = { number: 'n', boolean: 'b', string: 's' };
const typesByLetter: Readonly<Record<string, FieldType>> = { n: 'number', b: 'boolean', s: 'string' };

/** The shape of a point. */
export function shapeOf(measurement: string, tags: Record<string, string>, fields: Record<string, FieldValue>): Shape {
  const sorted = Object.fromEntries(Object.entries(tags).sort(([a], [b]) => (a < b ? -1 : 1)));
  const names = Object.keys(fields);
  const types = Object.values(fields).map((value) => typeof value as FieldType);
  const text = JSON.stringify([measurement, sorted, names, types.map((type) => letters[type]).join('')]);
  return { measurement, tags: sorted, fields: names, types, bytes: Buffer.from(text) };
}

/** Reads a shape back. @param text JSON as `shapeOf` wrote it */
export function parseShape(bytes: Buffer): Shape {
  const [measurement, tags, fields, types] = JSON.parse(bytes.toString('utf8')) as [
    string,
    Record<string, string>,
    string[],
    string,
  ];
  return { measurement, tags, fields, types: [...types].map((letter) => typesByLetter[letter]!), bytes };
}

/** Writes one message after another. A message that is begun and not finished leaves nothing behind. */
export class PointWriter {
  #bytes = Buffer.allocUnsafe(64 * 1024);
  #length: number = layout.recordsAt;
  #count = 0;

  /** Bytes of the message so far: where the next record begins. */
  get length(): number {
    return this.#length;
  }

  begin(): void {
    this.#length = layout.recordsAt;
    this.#count = 0;
  }

  /**
   * Appends a point whose fields are exactly those of the shape, in its order.
   * @returns where its record begins, or undefined when they are not, and then nothing was appended
   */
  add(shape: Shape, fields: Readonly<Record<string, unknown>>, time: number): number | undefined {
    const start = this.#length;
    const { bytes, types } = shape;
    this.#reserve(layout.shapeAt + bytes.length + layout.timeBytes);
    let at = this.#bytes.writeUInt32LE(bytes.length, start);
    at += bytes.copy(this.#bytes, at);
    this.#length = this.#bytes.writeDoubleLE(time, at);
    let index = 0;
    for (const name in fields) {
      const value = fields[name];
      if (name !== shape.fields[index] || typeof value !== types[index] || !this.#value(value)) {
        this.#length = start;
        return undefined;
      }
      index++;
    }
    if (index === types.length) {
      this.#count++;
      return start;
    }
    this.#length = start;
    return undefined;
  }

  /** Ends the message. The bytes are the caller's. */
  finish(): Buffer {
    const bytes = this.#bytes;
    bytes.writeUInt8(layout.version, 0);
    bytes.writeUInt16LE(this.#count, layout.countAt);
    bytes.writeUInt32LE(crc32(bytes.subarray(layout.countAt, this.#length)), layout.crcAt);
    return Buffer.from(bytes.subarray(0, this.#length));
  }

  /** Writes a value; false for one that the wire does not allow. */
  #value(value: unknown): boolean {
    if (typeof value === 'number') {
      this.#reserve(8);
      this.#length = this.#bytes.writeDoubleLE(value, this.#length);
      return Number.isFinite(value);
    }
    if (typeof value === 'string') {
      if (value.length > limits.stringFieldChars) return false;
      const length = Buffer.byteLength(value);
      this.#reserve(4 + length);
      this.#length = this.#bytes.writeUInt32LE(length, this.#length);
      this.#length += this.#bytes.write(value, this.#length);
      return true;
    }
    this.#reserve(1);
    this.#length = this.#bytes.writeUInt8(value === true ? 1 : 0, this.#length);
    return typeof value === 'boolean';
  }

  #reserve(bytes: number): void {
    if (this.#length + bytes <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(this.#bytes.length * 2, this.#length + bytes));
    this.#bytes.copy(larger, 0, 0, this.#length);
    this.#bytes = larger;
  }
}

/** Where a record lies in its message. */
export interface RecordPlace {
  shape: Shape;
  start: number;
  end: number;
}

/** The values of a record, without what is the same in every record of its shape. */
export function valuesOf(body: Uint8Array, { shape, start, end }: RecordPlace): Uint8Array {
  return body.subarray(start + layout.shapeAt + shape.bytes.length + layout.timeBytes, end);
}

/** Encodes points of one device as one message, whatever their shapes. */
export function encodePoints(points: readonly Omit<Point, 'site' | 'device'>[], writer = new PointWriter()): Buffer {
  writer.begin();
  for (const { measurement, tags, fields, time } of points)
    writer.add(shapeOf(measurement, tags, fields), fields, time);
  return writer.finish();
}
