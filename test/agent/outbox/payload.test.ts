import { describe, expect, test } from 'vitest';
import { Check } from '#typebox/value';
import type { Sample } from '../../../agent/metric.ts';
import { decodeStored, encodeStored, type OutboxMessage } from '../../../agent/outbox/message.ts';
import {
  type Dates,
  type Encoded,
  encodeEvent,
  encodeSamples,
  eventPayload,
  telemetryPayload,
} from '../../../agent/outbox/payload.ts';
import { DeviceEvent } from '../../../contract/event.ts';
import { limits } from '../../../contract/limits.ts';
import { isRejection } from '../../../contract/payload.ts';
import { parseTelemetry, type Telemetry } from '../../../contract/telemetry.ts';

const day = 24 * 3600_000;
const now = Date.UTC(2026, 10, 24);
const upMs = 600_000;

function makeDates(dates: Partial<Dates> = {}): Dates {
  return {
    machineBoot: 'start-two',
    offsetOf: (start) => ({ 'start-two': now - upMs, 'start-one': now - 3 * day })[start],
    now: () => now,
    gatewayNow: () => now,
    exact: true,
    ...dates,
  };
}

const sample = (at: number, text = ''): Sample => ({ name: 'm', tags: {}, fields: { text }, at });

function message(samples: readonly Sample[], of: Partial<OutboxMessage> = {}): OutboxMessage {
  const [content = '[]'] = encodeSamples(samples).contents;
  return { boot: 'boot-two', seq: 7, machineBoot: 'start-two', content, ...of };
}

function sent(encoded: Encoded): Telemetry {
  if (typeof encoded === 'string') throw new Error(encoded);
  const telemetry = parseTelemetry(Buffer.from(encoded.payload), now);
  if (isRejection(telemetry)) throw new Error(`the gateway would refuse: ${telemetry.detail}`);
  return telemetry;
}

const times = (encoded: Encoded): number[] => sent(encoded).metrics.map(({ timestamp }) => now - timestamp);

describe('telemetry', () => {
  test('is dated when it is sent, by what is known then', () => {
    const held = message([sample(upMs - 5000), sample(upMs)]);
    expect(sent(telemetryPayload(held, false, makeDates()))).toEqual({
      metrics: [
        { name: 'm', tags: {}, fields: { text: '' }, timestamp: now - 5000 },
        { name: 'm', tags: {}, fields: { text: '' }, timestamp: now },
      ],
      boot: 'boot-two',
      seq: 7,
      clock: 'synced',
    });
    const corrected = makeDates({ offsetOf: () => now - upMs - 1234.4 });
    expect(times(telemetryPayload(held, false, corrected))).toEqual([6234, 1234]);
  });

  test('says when it comes late, and when its time may be off', () => {
    const payload = telemetryPayload(message([sample(0)]), true, makeDates({ exact: false }));
    expect(sent(payload)).toMatchObject({ replayed: true, clock: 'unsynced' });
  });

  test('of an earlier start of the machine is dated by what became known of that', () => {
    const held = message([sample(9000)], { machineBoot: 'start-one' });
    expect(times(telemetryPayload(held, true, makeDates()))).toEqual([3 * day - 9000]);
  });

  test.each<[string, OutboxMessage, Partial<Dates>, Encoded]>([
    ['waits while the time is unknown', message([sample(1)]), { offsetOf: () => undefined }, 'not-yet'],
    [
      'of an earlier start that nobody dates is given up',
      message([sample(1)], { machineBoot: 'start-zero' }),
      {},
      'undated',
    ],
    ['older than the gateway takes is given up', message([sample(1)]), { offsetOf: () => now - 91 * day }, 'expired'],
    [
      'waits while the gateway takes it for the future',
      message([sample(upMs)]),
      { gatewayNow: () => now - day },
      'not-yet',
    ],
    [
      'waits while the gateway takes it for too old',
      message([sample(upMs)]),
      { gatewayNow: () => now + 100 * day },
      'not-yet',
    ],
    ['that the disk has damaged is given up', message([], { content: '[{"name":"m","at":1}]' }), {}, 'damaged'],
    [
      'of an earlier start whose clock ran ahead is given up: nobody knows when it was',
      message([sample(1)], { machineBoot: 'start-one' }),
      { offsetOf: () => now + day },
      'undated',
    ],
    [
      'of an earlier start waits while it may be the present clock that is behind',
      message([sample(1)], { machineBoot: 'start-one' }),
      { offsetOf: () => now + day, exact: false },
      'not-yet',
    ],
    ['that lies in the future was damaged', message([sample(upMs + day)]), {}, 'damaged'],
  ])('%s', (_case, held, dates, expected) => {
    expect(telemetryPayload(held, false, makeDates(dates))).toBe(expected);
  });

  test('fits into messages that the gateway takes', () => {
    const large = (length: number) => sample(upMs, 'é'.repeat(length));
    const { contents, tooLarge } = encodeSamples([
      ...Array.from({ length: 2500 }, () => large(1)),
      ...Array.from({ length: 20 }, () => large(16_000)),
      ...Array.from({ length: 1000 }, () => large(80)),
      large(200_000),
    ]);
    expect(tooLarge).toBe(1);
    const counts = contents.map((content, index) => {
      const encoded = telemetryPayload(message([], { content, seq: index + 1 }), true, makeDates());
      if (typeof encoded === 'string') throw new Error(encoded);
      expect(Buffer.byteLength(encoded.payload)).toBeLessThanOrEqual(limits.payloadBytes);
      return sent(encoded).metrics.length;
    });
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(3520);
    expect(encodeSamples([])).toEqual({ contents: [], tooLarge: 0 });
  });
});

describe('an event', () => {
  const raised = { type: 'x', class: 'other', level: 4, summary: { 'zh-CN': '某事', en: 'something' } } as const;

  const eventOf = (of: Partial<OutboxMessage>, dates: Partial<Dates> = {}): DeviceEvent => {
    const held = { ...message([]), content: encodeEvent(raised, upMs - 1000.4), ...of };
    const encoded = eventPayload(held, makeDates(dates), upMs);
    if (typeof encoded === 'string') throw new Error(encoded);
    const event: unknown = JSON.parse(encoded.payload);
    if (!Check(DeviceEvent, event)) throw new Error(encoded.payload);
    return event;
  };

  test('is dated and numbered', () => {
    expect(eventOf({})).toEqual({ ...raised, facts: {}, at: now - 1000, boot: 'boot-two', seq: 7 });
  });

  test('goes out without a date, too, and then says so', () => {
    const undated = eventOf({}, { offsetOf: () => undefined });
    expect(undated).toMatchObject({ at: now - 1000, facts: { clock: 'unsynced' } });
    // Of an earlier start it is known that this was before the present one.
    expect(eventOf({ machineBoot: 'start-zero' })).toMatchObject({ at: now - upMs, facts: { clock: 'unsynced' } });
  });
});

describe('a message on disk', () => {
  test('comes back as it was', () => {
    const held = message([sample(5, '“é”')]);
    expect(decodeStored(encodeStored(held))).toEqual(held);
  });

  test.each([
    '',
    '{',
    'null',
    '{"boot":"b","seq":0,"machine_boot":"m","content":[]}',
    '{"boot":"b","seq":1,"content":[]}',
  ])('is nothing when it is damaged: %s', (text) => expect(decodeStored(Buffer.from(text))).toBeUndefined());
});
