import { describe, expect, test } from 'vitest';
import { encodeSenderPacket, parseReflectorPacket } from '../../../contract/stamp/packet.ts';
import { reflect } from '../../../gateway/stamp/reflect.ts';
import { markTlvs } from '../../../gateway/stamp/tlv.ts';

const T0 = Date.UTC(2026, 0, 1);
const request = (tail = ''): Uint8Array => {
  const errorEstimate = { synchronised: true, format: 'ptp', scale: 3, multiplier: 9 } as const;
  const base = encodeSenderPacket({ sequence: 77, timestampMs: T0 - 20, errorEstimate, ssid: 4711 });
  return Buffer.concat([base, Buffer.from(tail.replaceAll(' ', ''), 'hex')]);
};

describe('an answer', () => {
  test('has the times of its own clock and what the sender wrote', () => {
    expect(parseReflectorPacket(reflect(request(), T0, () => T0 + 0.5))).toEqual({
      sequence: 77,
      timestampMs: T0 + 0.5,
      receivedMs: T0,
      errorEstimate: { synchronised: false, format: 'ntp', scale: 22, multiplier: 1 },
      ssid: 4711,
      sender: {
        sequence: 77,
        timestampMs: T0 - 20,
        errorEstimate: { synchronised: true, format: 'ptp', scale: 3, multiplier: 9 },
      },
      senderTtl: 255,
    });
  });

  test('has the sender’s octets as they came, whatever they are', () => {
    const odd = Uint8Array.from({ length: 44 }, (_, index) => 255 - index);
    const reply = reflect(odd, T0, () => T0);
    expect(reply.subarray(24, 38)).toEqual(odd.subarray(0, 14));
    expect(reply.subarray(14, 16)).toEqual(odd.subarray(14, 16));
    expect([...reply.subarray(38, 40), ...reply.subarray(41, 44)]).toEqual([0, 0, 0, 0, 0]);
  });

  test.each([0, 1, 3, 4, 20, 1456])('to a packet with %i octets more is exactly as long', (more) => {
    for (const octet of [0, 0x41, 0xff]) {
      const longer = Buffer.concat([request(), Buffer.alloc(more, octet)]);
      expect(reflect(longer, T0, () => T0)).toHaveLength(44 + more);
    }
  });

  test('is none to less than a packet', () => {
    expect(() => reflect(request().subarray(0, 43), T0, () => T0)).toThrow('at least 44 octets, got 43');
  });

  test('leaves what it answers as it was', () => {
    const given = request('e0010004 aabbccdd');
    const before = Buffer.from(given);
    reflect(given, T0, () => T0);
    expect(Buffer.from(given)).toEqual(before);
  });
});

// Flags U 0x80, M 0x40, I 0x20 (RFC 8972 §4); a sender sets U.
describe('TLVs', () => {
  test.each([
    ['padding is understood', '80010004 aabbccdd', '00010004 aabbccdd'],
    ['padding without octets is, too', '80010000', '00010000'],
    ['others are not', 'e0030008 0000000000000001 9f040002 ffff', '80030008 0000000000000001 80040002 ffff'],
    ['what is longer than the packet is malformed', '80010004 aabbcc', '40010004 aabbcc'],
    ['what follows it is not read', '80010002 aabb 8003ffff 80010000', '00010002 aabb 4003ffff 80010000'],
    ['less than a header stays', '80010000 8001', '00010000 8001'],
    ['zeros are a TWAMP sender’s padding', '00000000 00000000 00', '00000000 00000000 00'],
  ])('%s', (_, given, expected) => {
    const bytes = Buffer.from(given.replaceAll(' ', ''), 'hex');
    markTlvs(bytes);
    expect(bytes.toString('hex')).toBe(expected.replaceAll(' ', ''));
  });
});
