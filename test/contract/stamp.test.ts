import { describe, expect, test } from 'vitest';
import {
  encodeReflectorPacket,
  encodeSenderPacket,
  parseReflectorPacket,
  parseSenderPacket,
  type ReflectorPacket,
} from '../../contract/stamp/packet.ts';
import { encodeTimestamp, parseTimestamp, type TimestampFormat } from '../../contract/stamp/timestamp.ts';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

// Written by hand from RFC 8762 §4.2.1 and §4.3.1: 2026-01-01T00:00:00.5Z is 0xed003780 seconds after 1900.
const SENDER = `0000002a ed003780 80000000 8a0b beef ${'00'.repeat(28)}`.replaceAll(' ', '');
const REFLECTOR =
  '0000002b 6955b900 1dcd6500 c10c beef 6955b900 0ee6b280 0000002a ed003780 80000000 8a0b 0000 40 000000'.replaceAll(
    ' ',
    '',
  );

const sender = {
  sequence: 42,
  timestampMs: Date.UTC(2026, 0, 1) + 500,
  errorEstimate: { synchronised: true, format: 'ntp', scale: 10, multiplier: 11 },
} as const;
const reflected: ReflectorPacket = {
  sequence: 43,
  timestampMs: Date.UTC(2026, 0, 1) + 500,
  errorEstimate: { synchronised: true, format: 'ptp', scale: 1, multiplier: 12 },
  ssid: 0xbeef,
  receivedMs: Date.UTC(2026, 0, 1) + 250,
  sender,
  senderTtl: 64,
};

describe('STAMP packets', () => {
  test('of a sender have 44 octets, as RFC 8762 §4.2.1 and RFC 8972 §3 have them', () => {
    expect(hex(encodeSenderPacket({ ...sender, ssid: 0xbeef }))).toBe(SENDER);
    expect(parseSenderPacket(Buffer.from(SENDER, 'hex'))).toEqual({ ...sender, ssid: 0xbeef });
  });

  test('of a reflector have as many, with times in its own format and the sender’s in the sender’s', () => {
    expect(hex(encodeReflectorPacket(reflected))).toBe(REFLECTOR);
    expect(parseReflectorPacket(Buffer.from(REFLECTOR, 'hex'))).toEqual(reflected);
  });

  test('may have more behind them, and may not be shorter', () => {
    const longer = Buffer.from(`${SENDER}80010004deadbeef`, 'hex');
    expect(parseSenderPacket(longer)).toEqual({ ...sender, ssid: 0xbeef });
    for (const length of [0, 1, 14, 43]) {
      expect(() => parseSenderPacket(longer.subarray(0, length))).toThrow(`at least 44 octets, got ${length}`);
      expect(() => parseReflectorPacket(longer.subarray(0, length))).toThrow(`at least 44 octets, got ${length}`);
    }
  });
});

describe('timestamps', () => {
  test.each<[TimestampFormat, number, string]>([
    ['ntp', 0, '83aa7e8000000000'],
    ['ntp', Date.UTC(2036, 1, 7, 6, 28, 15), 'ffffffff00000000'],
    ['ntp', Date.UTC(2036, 1, 7, 6, 28, 16, 250), '0000000040000000'],
    ['ptp', 1.5, '00000000 0016e360'],
    ['ptp', 2 ** 31 * 1000, '8000000000000000'],
  ])('%s of %d ms', (format, timeMs, expected) => {
    const view = new DataView(new ArrayBuffer(8));
    encodeTimestamp(view, 0, timeMs, format);
    expect(hex(new Uint8Array(view.buffer))).toBe(expected.replaceAll(' ', ''));
    expect(parseTimestamp(view, 0, format)).toBe(timeMs);
  });

  test('a fraction that rounds to a whole second is one', () => {
    const view = new DataView(new ArrayBuffer(8));
    encodeTimestamp(view, 0, 1999.999_999_99, 'ptp');
    expect(hex(new Uint8Array(view.buffer))).toBe('0000000200000000');
  });
});
