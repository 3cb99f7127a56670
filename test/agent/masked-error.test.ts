import { expect, test } from 'vitest';
import { maskedError } from '../../agent/masked-error.ts';

test.each([
  [
    'iw line 4: expected a number, got "3c:22:fb:0a:1b:2c -45 dBm"',
    'iw line 4: expected a number, got "[mac] -45 dBm"',
  ],
  ['got "signal of station 3C-22-FB-0A-1B..."', 'got "signal of station [mac]..."'],
  ['got "Station 3c:22:fb:0a:"', 'got "Station [mac]"'],
  ['got "Station 3c:22:fb:0"', 'got "Station [mac]"'],
  ['expected a lease, got "3c22fb0a1b2c 192.0.2.7"', 'expected a lease, got "[mac] 192.0.2.7"'],
  ['got "3C22FB0A1B2C"', 'got "[mac]"'],
])('in %j no client is left', (text, masked) => expect(maskedError(text)).toBe(masked));

test.each([
  'got "12:34:56"',
  'got "2026-11-30T12:34:56"',
  'got "2001:db8:aa:bb:cc:dd:ee:ff"',
  'got "fe80::aa:bb:cc:dd"',
  'got "ab:cd:12:34::"',
  'got "3c:22:fb:ff:fe:0a:1b:2c"',
  'got "AT+CSQ: 99,99"',
  'got "20260101T123456"',
  'got "0a1b2c3d4e5f60718293"',
])('%j stays as it is', (text) => expect(maskedError(text)).toBe(text));
