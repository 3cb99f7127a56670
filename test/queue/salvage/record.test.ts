import { describe, expect, it } from 'vitest';
import { decodeRecord, readVarint } from '../../../queue/salvage/record.ts';

const bytes = (hex: string): Buffer => Buffer.from(hex.replaceAll(' ', ''), 'hex');

describe('readVarint', () => {
  it.each([
    ['00', 0],
    ['7f', 127],
    ['81 00', 128],
    ['82 2c', 300],
    ['8f ff ff ff 7f', 2 ** 32 - 1],
    ['80 80 80 80 80 80 80 80 05', 5],
  ])('%s is %d', (hex, value) => {
    expect(readVarint(bytes(`ee ${hex} ee`), 1)).toEqual({ value, end: 1 + bytes(hex).length });
  });

  it('is nothing when it does not end, or is larger than numbers are exact', () => {
    expect(readVarint(bytes('81 82'), 0)).toBeUndefined();
    expect(readVarint(bytes('ff ff ff ff ff ff ff ff ff'), 0)).toBeUndefined();
    expect(readVarint(bytes(''), 0)).toBeUndefined();
  });
});

describe('decodeRecord', () => {
  // (NULL, 'abc', 1790000000000, x'00ff', 1, 0), made by SQLite.
  const record = bytes('07 00 13 05 10 09 08 61 62 63 01 a0 c4 50 6c 00 00 ff');

  it('reads every kind of value that a queue has', () => {
    expect(decodeRecord(record)).toEqual([null, 'abc', 1_790_000_000_000, Buffer.from([0x00, 0xff]), 1, 0]);
  });

  it('is nothing when it is cut off, longer than it says, or not UTF-8', () => {
    for (let length = 0; length < record.length; length++)
      expect(decodeRecord(record.subarray(0, length))).toBeUndefined();
    expect(decodeRecord(Buffer.concat([record, Buffer.from([0])]))).toBeUndefined();
    const notText = Buffer.from(record);
    notText[7] = 0xff;
    expect(decodeRecord(notText)).toBeUndefined();
  });

  it('is nothing for nonsense', () => {
    expect(decodeRecord(bytes('ff ff ff ff ff ff ff ff ff'))).toBeUndefined();
    expect(decodeRecord(bytes('03 0a 0b 00 00'))).toBeUndefined();
    expect(decodeRecord(bytes(''))).toBeUndefined();
  });
});
