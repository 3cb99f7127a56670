import { CampusError } from '../../contract/errors.ts';
import type { InfluxTarget } from './influxdb/influx-client.ts';

/** Where a store is, from one line of configuration: `duckdb`, or `influxdb://[user:password@]host[:port]/database`. */
export type StoreLocation = { kind: 'duckdb' } | { kind: 'influxdb'; target: InfluxTarget };

/** Port of InfluxDB's HTTP API. */
const INFLUXDB_PORT = 8086;

/**
 * Parses one store's location.
 * @throws CampusError `config_invalid` saying what is allowed; the password is not repeated
 */
export function parseStoreLocation(text: string): StoreLocation {
  if (text === 'duckdb') return { kind: 'duckdb' };
  const url = URL.parse(text);
  const database = decodeURIComponent(url?.pathname.slice(1) ?? '');
  if (
    url === null ||
    !['influxdb:', 'influxdbs:'].includes(url.protocol) ||
    database === '' ||
    database.includes('/')
  ) {
    throw new CampusError(
      'config_invalid',
      `expected duckdb or influxdb://[user:password@]host[:port]/database, got ${redactLocation(text)}`,
    );
  }
  const scheme = url.protocol === 'influxdbs:' ? 'https' : 'http';
  const target: InfluxTarget = { url: `${scheme}://${url.hostname}:${url.port || INFLUXDB_PORT}`, database };
  if (url.username !== '') {
    target.username = decodeURIComponent(url.username);
    target.password = decodeURIComponent(url.password);
  }
  return { kind: 'influxdb', target };
}

/** A store's location without its password, for logs and the console. */
export function redactLocation(text: string): string {
  return text.replace(/\/\/.*@/, '//…@');
}
