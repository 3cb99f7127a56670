import { describe, expect, test } from 'vitest';
import { decideTime, type Evidence, type KnownTime } from '../../../agent/clock/decide.ts';
import { gatewayTime } from '../../../agent/clock/gateway-time.ts';

const day = 24 * 3600_000;
const right = Date.UTC(2026, 10, 24);
/** The machine started 1000 s ago, and its clock is right. */
const evidence: Evidence = {
  now: 1_000_000,
  own: right - 1_000_000,
  ntp: false,
  gateway: undefined,
  before: undefined,
};
const gateway = { offset: evidence.own, error: 5 };
const own1970 = 300_000 - 1_000_000;
const fromGateway: KnownTime = { offset: evidence.own, source: 'gateway', own: false, exact: true };

describe('what time it is', () => {
  test.each<[string, Partial<Evidence>, Partial<KnownTime> | undefined]>([
    ['nobody knows at first', {}, undefined],
    ['NTP says so', { ntp: true }, { offset: evidence.own, source: 'ntp', own: true, exact: true }],
    [
      'the gateway agrees with our clock, which then counts',
      { gateway: { offset: evidence.own + 1500, error: 5 } },
      { offset: evidence.own, source: 'gateway', own: true, exact: true },
    ],
    [
      'the gateway knows better than a clock of 1970',
      { own: own1970, gateway },
      { offset: evidence.own, own: false, source: 'gateway', exact: true },
    ],
    [
      'the gateway knows better than a clock that is a day ahead',
      { own: evidence.own + day, gateway },
      { offset: evidence.own, own: false },
    ],
    [
      'NTP knows better than the gateway',
      { ntp: true, gateway: { offset: evidence.own - day, error: 5 } },
      { offset: evidence.own, source: 'ntp' },
    ],
    [
      'NTP that claims a clock of 1970 does not',
      { ntp: true, own: own1970, gateway },
      { offset: evidence.own, source: 'gateway' },
    ],
    ['a gateway of 1970 tells nothing', { gateway: { offset: own1970, error: 5 } }, undefined],
    ['and both in 1970 know nothing', { own: own1970, ntp: true, gateway: { offset: own1970, error: 5 } }, undefined],
    [
      'an answer that took 5 s cannot confirm our clock, and gives a time that may be off by more than 2 s',
      { gateway: { offset: evidence.own + 100, error: 2500 } },
      { offset: evidence.own + 100, own: false, exact: false },
    ],
    ['what was known stays while nobody answers', { own: evidence.own + day, before: fromGateway }, fromGateway],
    [
      'what was known stays when a slower answer does not contradict it',
      { own: own1970, before: fromGateway, gateway: { offset: evidence.own + 900, error: 1000 } },
      fromGateway,
    ],
    [
      'and goes when it does',
      { own: own1970, before: fromGateway, gateway: { offset: evidence.own + 1100, error: 1000 } },
      { offset: evidence.own + 1100, exact: true },
    ],
    [
      'a gateway that was set follows through, right or wrong',
      { own: own1970, before: fromGateway, gateway: { offset: evidence.own + day, error: 5 } },
      { offset: evidence.own + day, source: 'gateway' },
    ],
  ])('%s', (_case, given, expected) => {
    const known = decideTime({ ...evidence, ...given });
    if (expected === undefined) expect(known).toBeUndefined();
    else expect(known).toMatchObject(expected);
  });
});

test('the gateway wrote its time between question and answer: the middle is off by half of the way at most', () => {
  expect(gatewayTime(10_000, 10_400, right)).toEqual({ offset: right - 10_200, error: 200 });
});
