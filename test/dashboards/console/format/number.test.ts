import { describe, expect, it } from 'vitest';
import {
  formatBitRate,
  formatBytes,
  formatNumber,
  formatPercent,
  formatValue,
} from '../../../../dashboards/console/src/format/number.ts';

/** Numbers and units are kept together by a no-break space, which tests need not show. */
const plain = (text: string): string => text.replaceAll('\u00a0', ' ');

describe('numbers', () => {
  it('have as many decimals as say something', () => {
    expect([0.5234, 9.444, 87.25, 1204.7].map((value) => formatNumber(value, 'en'))).toEqual([
      '0.52',
      '9.44',
      '87.3',
      '1,205',
    ]);
  });

  it('percent has one decimal, none at the full', () => {
    expect([0.42, 93.14, 99.99, 100].map((value) => plain(formatPercent(value, 'en')))).toEqual([
      '0.4 %',
      '93.1 %',
      '100 %',
      '100 %',
    ]);
  });

  it('bytes go by 1,024', () => {
    expect([0, 512, 1024, 1536, 8 * 2 ** 30].map((value) => plain(formatBytes(value, 'en')))).toEqual([
      '0 B',
      '512 B',
      '1 KiB',
      '1.5 KiB',
      '8 GiB',
    ]);
  });

  it('rates go by 1,000 and round into the next unit', () => {
    expect([640, 12_400_000, 999_999, 2.5e9].map((value) => plain(formatBitRate(value, 'zh-CN')))).toEqual([
      '640 bit/s',
      '12.4 Mbit/s',
      '1 Mbit/s',
      '2.5 Gbit/s',
    ]);
  });

  it.each([
    [93.1, '%', '93.1 %'],
    [1000, 'Mbit/s', '1 Gbit/s'],
    [47.25, '°C', '47.3 °C'],
    [41, '1/s', '41/s'],
    [7, undefined, '7'],
  ])('%s in %s is shown as %s', (value, unit, text) => {
    expect(plain(formatValue(value, unit, 'en'))).toBe(text);
  });
});
