/**
 * SQLite's record format (https://sqlite.org/fileformat2.html#record_format): a header of serial types, then the values.
 *
 *   04 00 13 04 17 …  → header of 4 bytes: NULL, TEXT of 3, INTEGER of 4 bytes, TEXT of 5, and the values behind it
 */
export type RecordValue = null | number | bigint | Uint8Array | string;

export interface Varint {
  value: number;
  /** Offset of the byte behind it. */
  end: number;
}

/** A variable-length integer of up to 9 bytes, high bits first; undefined when it does not end within the bytes or is no safe integer. */
export function readVarint(bytes: Buffer, offset: number): Varint | undefined {
  let value = 0;
  for (let index = 0; index < 9; index++) {
    const byte = bytes[offset + index];
    if (byte === undefined) return undefined;
    value = index === 8 ? value * 256 + byte : value * 128 + (byte & 0x7f);
    if (value > Number.MAX_SAFE_INTEGER) return undefined;
    if (byte < 0x80 || index === 8) return { value, end: offset + index + 1 };
  }
  return undefined;
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** The values of a record; undefined when the bytes are not one, to the last byte. */
export function decodeRecord(payload: Buffer): RecordValue[] | undefined {
  const header = readVarint(payload, 0);
  if (header === undefined || header.value > payload.length) return undefined;
  const values: RecordValue[] = [];
  let offset = header.value;
  for (let at = header.end; at < header.value; ) {
    const type = readVarint(payload, at);
    if (type === undefined || type.end > header.value) return undefined;
    at = type.end;
    const length = lengthOf(type.value);
    if (length === undefined || offset + length > payload.length) return undefined;
    const value = decodeValue(type.value, payload.subarray(offset, offset + length));
    if (value === undefined) return undefined;
    values.push(value);
    offset += length;
  }
  return offset === payload.length ? values : undefined;
}

/** Bytes of a value by its serial type; undefined for 10 and 11, which are in no file. */
export function lengthOf(type: number): number | undefined {
  if (type >= 12) return (type - 12 - (type % 2)) / 2;
  return [0, 1, 2, 3, 4, 6, 8, 8, 0, 0][type];
}

function decodeValue(type: number, bytes: Buffer): RecordValue | undefined {
  if (type === 0) return null;
  if (type === 8 || type === 9) return type - 8;
  if (type === 6) return bytes.readBigInt64BE(0);
  if (type === 7) return bytes.readDoubleBE(0);
  if (type < 7) return bytes.readIntBE(0, bytes.length);
  if (type % 2 === 0) return bytes;
  try {
    return utf8.decode(bytes);
  } catch {
    // Text that is not UTF-8 was overwritten: it is no value.
    return undefined;
  }
}
