import { describe, expect, it } from 'vitest';
import { aggregateFits } from '../../../gateway/store/aggregate.ts';
import { quoteIdentifier } from '../../../gateway/store/duckdb/quote.ts';
import { quoteName, quoteString, seriesInfluxQl } from '../../../gateway/store/influxdb/influxql.ts';

describe('query texts', () => {
  it('quote what could break out', () => {
    expect(quoteIdentifier('a"; DROP TABLE x; --')).toBe('"a""; DROP TABLE x; --"');
    expect(quoteName('a"b\\')).toBe('"a\\"b\\\\"');
    expect(quoteString("a'b\\")).toBe("'a\\'b\\\\'");
    const text = seriesInfluxQl({
      measurement: 'm"; DROP DATABASE x',
      field: 'f',
      from: 1,
      to: 2,
      aggregate: 'mean',
      groupBy: [],
      limit: 10,
      device: "d' OR 1=1",
    });
    expect(text).toContain('FROM "m\\"; DROP DATABASE x"');
    expect(text).toContain(`"device"::tag = 'd\\' OR 1=1'`);
  });

  it('know which aggregates mean something for a text', () => {
    expect(aggregateFits('mean', 'string')).toBe(false);
    expect(aggregateFits('last', 'string')).toBe(true);
    expect(aggregateFits('mean', 'number')).toBe(true);
  });
});
