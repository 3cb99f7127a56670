import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { encodeSenderPacket, parseReflectorPacket, parseSenderPacket } from '../../contract/stamp/packet.ts';
import { reflect } from '../../gateway/stamp/reflect.ts';

const vectors = join(import.meta.dirname, '../../../shared/fixtures/vectors/stamp/scapy-stamp-vectors.json');
const present = existsSync(vectors);
if (!present) console.log(`skipped: the packets of another STAMP implementation are not here (${vectors})`);

interface Vector {
  name: string;
  hex: string;
  asserts: string[];
}

/** NTP's second 0 of the era that begins in 2036: the vectors count from it, for they tell times of no year. */
const ERA_MS = Date.UTC(2036, 1, 7, 6, 28, 16);

/** `parsed.err_estimate.S == 1` as a pair of `err_estimate.S` and 1. */
function assertion(text: string): [string, number] {
  const [path = '', value = ''] = text.replace(/^parsed\./, '').split(' == ');
  return [path, Number(value)];
}

/** What we read of a packet, under the names of the other implementation. */
function named(bytes: Uint8Array, isReflected: boolean): Record<string, number | undefined> {
  const reflected = isReflected ? parseReflectorPacket(bytes) : undefined;
  const packet = reflected ?? parseSenderPacket(bytes);
  const { errorEstimate: own } = packet;
  const names = { seq: packet.sequence, ts: (packet.timestampMs - ERA_MS) / 1000, ssid: packet.ssid };
  const estimate = (prefix: string, { synchronised, format, scale, multiplier }: typeof own) => ({
    [`${prefix}.S`]: Number(synchronised),
    [`${prefix}.Z`]: Number(format === 'ptp'),
    [`${prefix}.scale`]: scale,
    [`${prefix}.multiplier`]: multiplier,
  });
  const all = { ...names, ...estimate('err_estimate', own) };
  if (reflected === undefined) return all;
  return {
    ...all,
    ...estimate('err_estimate_sender', reflected.sender.errorEstimate),
    ts_rx: (reflected.receivedMs - ERA_MS) / 1000,
    seq_sender: reflected.sender.sequence,
    ts_sender: (reflected.sender.timestampMs - ERA_MS) / 1000,
    ttl_sender: reflected.senderTtl,
  };
}

describe.skipIf(!present)('packets of another STAMP implementation', () => {
  const list: Vector[] = present ? JSON.parse(readFileSync(vectors, 'utf8')) : [];

  test('have the fields that it says', () => {
    expect(list.length).toBeGreaterThan(1);
    for (const { name, hex, asserts } of list) {
      const ours = named(Buffer.from(hex, 'hex'), name.includes('Reflector'));
      const checked = asserts.map(assertion).filter(([path]) => !path.startsWith('mbz'));
      expect(checked.length, name).toBeGreaterThan(6);
      for (const [path, value] of checked) expect(ours[path], `${name}: ${path}`).toBeCloseTo(value, 4);
    }
  });

  test('are written and answered alike', () => {
    const sent = list.find(({ name }) => name.includes('Sender'));
    const bytes = Buffer.from(sent?.hex ?? '', 'hex');
    // A number of milliseconds has fewer digits than the packet's time: the last octets may differ, by less than a microsecond.
    const written = Buffer.from(encodeSenderPacket(parseSenderPacket(bytes)));
    expect(written.subarray(0, 9)).toEqual(bytes.subarray(0, 9));
    expect(written.subarray(12)).toEqual(bytes.subarray(12));
    const reply = reflect(bytes, ERA_MS, () => ERA_MS);
    expect(reply).toHaveLength(bytes.length);
    expect(Buffer.from(reply.subarray(24, 38))).toEqual(bytes.subarray(0, 14));
  });
});
