import { describe, expect, test } from 'vitest';
import { differenceReading, runReading } from '../../../../agent/collectors/path/reading.ts';
import { continueJitter, oneWayJitterMs, type Reply, summarise } from '../../../../agent/collectors/path/statistics.ts';
import { voiceQuality } from '../../../../agent/collectors/path/voice-quality.ts';

const replies = (...sequences: number[]): Reply[] => sequences.map((sequence) => ({ sequence, rttMs: 10 + sequence }));

describe('loss, reordering and duplicates', () => {
  test('are counted of what was sent', () => {
    expect(summarise({ sent: 8, replies: replies(0, 1, 4, 2, 4, 5) })).toEqual({
      sent: 8,
      received: 5,
      lossPercent: 37.5,
      duplicates: 1,
      reordered: 1,
      reorderedPercent: 20,
      rttMeanMs: 12.4,
      rttMinMs: 10,
      rttMaxMs: 15,
    });
  });

  // RFC 4737 §10: what comes after a later one is reordered, however many it is late; the later one is not.
  test.each([
    [[1, 2, 3, 7, 4, 5, 6, 8], 3],
    [[3, 2, 1, 0], 3],
    [[0, 2, 1, 3, 5, 4], 2],
    [[0, 5, 9], 0],
  ])('of %j, %i are reordered', (sequences, reordered) => {
    expect(summarise({ sent: 10, replies: replies(...sequences) }).reordered).toBe(reordered);
  });

  test('of nothing that came back there is loss alone', () => {
    expect(summarise({ sent: 5, replies: [] })).toEqual({
      sent: 5,
      received: 0,
      lossPercent: 100,
      duplicates: 0,
      reordered: 0,
    });
  });
});

describe('jitter', () => {
  const run = (...rtts: number[]) => ({
    sent: rtts.length,
    replies: rtts.map((rttMs, sequence) => ({ sequence, rttMs })),
  });

  // RFC 3550 §6.4.1 by hand: |D| is 16, 32 and 0: 1; 1 + 31/16 = 2.9375; 2.9375 × 15/16 = 2.75390625.
  test('is RFC 3550’s, in the order of arrival', () => {
    expect(continueJitter({}, run(100, 116, 84, 84)).rttMs).toBe(2.75390625);
  });

  test('goes on from cycle to cycle, whose first packet is compared with none', () => {
    expect(continueJitter({ rttMs: 8 }, run(500, 516)).rttMs).toBe(8.5);
    expect(continueJitter({ rttMs: 8 }, run(500))).toEqual({ rttMs: 8 });
    expect(continueJitter({}, run(500))).toEqual({});
  });

  test('of one way does not depend on what the clocks differ by', () => {
    const oneWay = (offset: number) =>
      continueJitter(
        {},
        {
          sent: 3,
          replies: [
            { sequence: 0, rttMs: 20, forwardMs: 10 + offset, backwardMs: 10 - offset },
            { sequence: 1, rttMs: 36, forwardMs: 26 + offset, backwardMs: 10 - offset },
            { sequence: 2, rttMs: 30, forwardMs: 10 + offset, backwardMs: 20 - offset },
          ],
        },
      );
    expect(oneWay(-3_600_000)).toEqual(oneWay(0));
    expect(oneWay(0)).toEqual({ rttMs: 1 + (6 - 1) / 16, forwardMs: 1 + (16 - 1) / 16, backwardMs: 10 / 16 });
    expect(oneWayJitterMs(oneWay(0))).toBe(1.9375);
    expect(oneWayJitterMs({ rttMs: 3 })).toBe(3);
  });
});

describe('voice quality', () => {
  // STANDARDS by hand: effective = d + 2j + 10, R = 93.2 − e/40 below 160 ms, else 93.2 − (e − 120)/10, less 2.5 for each percent lost.
  test.each([
    [{ delayMs: 0, jitterMs: 0, lossPercent: 0 }, 92.95, 4.4041],
    [{ delayMs: 20, jitterMs: 5, lossPercent: 1 }, 89.7, 4.3317],
    [{ delayMs: 149.99, jitterMs: 0, lossPercent: 0 }, 89.20025, 4.3191],
    [{ delayMs: 150, jitterMs: 0, lossPercent: 0 }, 89.2, 4.3191],
    [{ delayMs: 200, jitterMs: 30, lossPercent: 5 }, 65.7, 3.3895],
    [{ delayMs: 2000, jitterMs: 0, lossPercent: 0 }, 0, 1],
    [{ delayMs: 0, jitterMs: 0, lossPercent: 100 }, 0, 1],
  ])('of %j', (given, rFactor, mos) => {
    const voice = voiceQuality(given);
    expect(voice.rFactor).toBeCloseTo(rFactor, 6);
    expect(voice.mos).toBeCloseTo(mos, 3);
  });
});

describe('the fields of a point', () => {
  test('follow from one another', () => {
    const fields = runReading(
      '192.0.2.1',
      { sent: 4, replies: replies(0, 1, 2) },
      { rttMs: 2, forwardMs: 1, backwardMs: 3 },
    );
    expect(fields).toMatchObject({ reachable: true, loss_percent: 25, rtt_ms: 11, jitter_ms: 3, jitter_forward_ms: 1 });
    const { mos } = voiceQuality({ delayMs: 5.5, jitterMs: 3, lossPercent: 25 });
    expect(fields.mos).toBeCloseTo(mos, 3);
  });

  test('tell IPv6 less IPv4, of what is known of both', () => {
    expect(
      differenceReading(
        { rtt_ms: 20, jitter_ms: 2, loss_percent: 10, mos: 4 },
        { rtt_ms: 25, jitter_ms: 1, loss_percent: 0, mos: 4.25 },
      ),
    ).toEqual({
      rtt_difference_ms: 5,
      rtt_excess_percent: 25,
      jitter_difference_ms: -1,
      loss_difference_percent: -10,
      mos_difference: 0.25,
    });
    expect(differenceReading({ loss_percent: 0 }, { rtt_ms: 25, loss_percent: 100 })).toEqual({
      loss_difference_percent: 100,
    });
  });
});
