import { describe, expect, it } from 'vitest';
import {
  decodeName,
  decodeTags,
  decodeTagValue,
  encodeName,
  encodePoint,
  encodeTagValue,
} from '../../../../gateway/store/influxdb/influx-names.ts';

const point = { site: 's', device: 'd', measurement: 'm', tags: { a: 'b' }, fields: { c: 1 }, time: 1 };

describe('names in InfluxDB', () => {
  it('are as on the wire, but for those that it keeps for itself', () => {
    expect(encodeName('rx_bytes')).toBe('rx_bytes');
    expect(encodeName('time')).toBe('time_');
    expect(encodePoint(point)).toBe(point);
    expect(encodePoint({ ...point, tags: { time: 'x' }, fields: { _field: 1, c: 2 } })).toEqual({
      ...point,
      tags: { time_: 'x' },
      fields: { _field_: 1, c: 2 },
    });
  });

  it.each(['rx_bytes', 'time', 'time_', 'time__', '_field', '_measurement_', 'times', '_time'])(
    'come back: %s',
    (name) => {
      expect(decodeName(encodeName(name))).toBe(name);
    },
  );
});

describe('texts of tags in InfluxDB', () => {
  it.each(['', 'C:', 'C:\\', 'a\\b', '\\\\', '\\'])('come back, a backslash at the end too: %j', (text) => {
    expect(decodeTagValue(encodeTagValue(text))).toBe(text);
    expect(encodeTagValue(text)).not.toMatch(/\\$/);
  });

  it('leave out the tags that a series lacks', () => {
    expect(decodeTags({ interface: '', time_: 'x' })).toEqual({ time: 'x' });
  });
});
