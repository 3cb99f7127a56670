import { expect, test } from 'vitest';
import { holdsMac, parseMac, replaceMacs, withoutMacs } from '../../contract/mac-address.ts';

test.each(['3c:22:fb:0a:1b:2c', '3C-22-FB-0A-1B-2C', '3c22.fb0a.1b2c', '3c22fb0a1b2c', ' 3C:22:fb:0A:1b:2c\n'])(
  '%j is a MAC address',
  (text) => expect(parseMac(text)).toBe('3c22fb0a1b2c'),
);

test.each([
  '',
  '3c:22:fb:0a:1b',
  '3c:22:fb:0a:1b:2c:4d',
  '3c:22-fb:0a:1b:2c',
  'xx:22:fb:0a:1b:2c',
  '3c22.fb0a.1b2c.0000',
])('%j is none', (text) => expect(parseMac(text)).toBeUndefined());

test.each([
  ['station 3c:22:fb:0a:1b:2c left', 'station [mac] left'],
  ['{"mac":"3C-22-FB-0A-1B-2C","peer":"3c22.fb0a.1b2d"}', '{"mac":"[mac]","peer":"[mac]"}'],
  ['a=3c:22:fb:0a:1b:2c,b=3c:22:fb:0a:1b:2d', 'a=[mac],b=[mac]'],
])('in %j they are found', (text, without) => {
  expect([holdsMac(text), withoutMacs(text)]).toEqual([true, without]);
});

test.each([
  '2001:db8:aa:bb:cc:dd:ee:ff',
  'fe80::3e22:fbff:fe0a:1b2c',
  '2026-03-01T08:00:00.000Z',
  '12:34:56',
  '3c:22:fb:ff:fe:0a:1b:2c',
  'serial 3c22fb0a1b2c',
  '9f86d081884c7d65',
  '550e8400-e29b-41d4-a716-446655440000',
  '10.20.30.40 10.20.30.41',
  'sha 1234.5678.9abc.def0.1234',
])('in %j there is none', (text) => {
  expect([holdsMac(text), withoutMacs(text)]).toEqual([false, text]);
});

test('looking through a long text that nearly holds one takes no long time', () => {
  const started = performance.now();
  for (const text of ['3c:'.repeat(5400), '0'.repeat(16_384), 'a.'.repeat(8192), '3c22.'.repeat(3200)]) {
    expect(replaceMacs(text, () => 'x')).toBe(text);
  }
  expect(performance.now() - started).toBeLessThan(1000);
});
