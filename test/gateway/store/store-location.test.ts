import { describe, expect, it } from 'vitest';
import { consumerName } from '../../../gateway/store/protocol.ts';
import { parseStoreLocation, redactLocation } from '../../../gateway/store/store-location.ts';

describe('store locations', () => {
  it('parses the forms that the documentation names', () => {
    expect(parseStoreLocation('duckdb')).toEqual({ kind: 'duckdb' });
    expect(parseStoreLocation('influxdb://127.0.0.1/campus')).toEqual({
      kind: 'influxdb',
      target: { url: 'http://127.0.0.1:8086', database: 'campus' },
    });
    expect(parseStoreLocation('influxdbs://edge:p%40ss@[2001:db8::1]:8443/campus%20edge')).toEqual({
      kind: 'influxdb',
      target: { url: 'https://[2001:db8::1]:8443', database: 'campus edge', username: 'edge', password: 'p@ss' },
    });
  });

  it.each([
    '',
    'sqlite',
    'http://127.0.0.1:8086/campus',
    'influxdb://127.0.0.1',
    'influxdb://127.0.0.1/a/b',
    'influxdb:',
  ])('refuses %j', (text) => {
    expect(() => parseStoreLocation(text)).toThrow(/expected duckdb or influxdb:\/\//);
  });

  it('shows no password, in errors neither', () => {
    expect(redactLocation('influxdb://edge:secret@host/campus')).toBe('influxdb://…@host/campus');
    expect(redactLocation('influxdb://edge:p@ss/word@host/campus')).toBe('influxdb://…@host/campus');
    expect(consumerName('influxdb://edge:secret@host/campus')).not.toContain('secret');
    expect(() => parseStoreLocation('influx://edge:secret@host/campus')).toThrow(/^(?!.*secret)/);
  });
});
