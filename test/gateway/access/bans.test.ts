import { expect, test } from 'vitest';
import { Bans, mqttBanRule } from '../../../gateway/access/bans.ts';
import { Clock } from '../registry/temporary-registry.ts';

const rule = { ...mqttBanRule, failures: 3, withinMs: 1000, firstMs: 60_000, longestMs: 150_000, addresses: 4 };

function setup() {
  const clock = new Clock();
  const bans = new Bans(rule, clock.now);
  const fail = (times: number, address = '192.0.2.7') => Array.from({ length: times }, () => bans.failed(address));
  return { clock, bans, fail };
}

test('so many failures in a row begin a ban, and those of others count by themselves', () => {
  const { bans, fail, clock } = setup();
  expect(fail(4)).toEqual(['counted', 'counted', 'ban-begins', 'banned']);
  expect(fail(2, '192.0.2.8')).toEqual(['counted', 'counted']);
  const since = clock.time;
  expect(bans.list()).toEqual([{ address: '192.0.2.7', since, until: since + 60_000, failures: 4 }]);
});

test('failures that come slowly begin none', () => {
  const { bans, fail, clock } = setup();
  for (let turn = 0; turn < 9; turn += 1) {
    fail(2);
    clock.pass(1000);
  }
  expect(bans.list()).toEqual([]);
});

test('each further ban is twice as long, up to a bound, and a quiet day makes the first short again', () => {
  const { bans, fail, clock } = setup();
  const lengths = ['first', 'second', 'third'].map(() => {
    fail(3);
    const { until = 0 } = bans.list()[0] ?? {};
    const length = until - clock.time;
    clock.pass(length);
    return length;
  });
  expect(lengths).toEqual([60_000, 120_000, 150_000]);
  expect(bans.list()).toEqual([]);
  clock.pass(rule.forgetMs + 1);
  fail(3);
  expect((bans.list()[0]?.until ?? 0) - clock.time).toBe(60_000);
});

test('a ban can be lifted, after which the address begins anew', () => {
  const { bans, fail } = setup();
  fail(3);
  expect(bans.lift('192.0.2.9')).toBe(false);
  expect(bans.lift('192.0.2.7')).toBe(true);
  expect(bans.lift('192.0.2.7')).toBe(false);
  expect(fail(3)).toEqual(['counted', 'counted', 'ban-begins']);
});

test('an IPv6 network is banned as one', () => {
  const { bans } = setup();
  for (const host of ['1', '2', '3']) bans.failed(`2001:db8::${host}`);
  expect(bans.failed('2001:db8::4')).toBe('banned');
  expect(bans.list()[0]?.address).toBe('2001:db8:0:0::/64');
  expect(bans.failed('2001:db8:0:1::1')).toBe('counted');
});

test('no more addresses are remembered than may be, and a clock set back ends a ban', () => {
  const { bans, fail, clock } = setup();
  fail(3);
  for (const host of [1, 2, 3, 4]) bans.failed(`198.51.100.${host}`);
  expect(bans.list()).toEqual([]);
  fail(3);
  expect(bans.list()).toHaveLength(1);
  clock.pass(-1);
  expect(bans.list()).toEqual([]);
});
