import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  consumerName,
  locationForms,
  parseStoreLocation,
  redactLocation,
} from '../../../gateway/store/store-location.ts';

describe('store locations', () => {
  it('parses DuckDB and InfluxDB 1.x', () => {
    expect(parseStoreLocation('duckdb')).toEqual({ kind: 'duckdb' });
    expect(parseStoreLocation('influxdb://127.0.0.1/campus')).toEqual({
      kind: 'influxdb',
      target: { version: 1, url: 'http://127.0.0.1:8086', database: 'campus' },
    });
    expect(parseStoreLocation('influxdb+https://edge:p%40ss@[2001:db8::1]:8443/campus%20edge')).toEqual({
      kind: 'influxdb',
      target: {
        version: 1,
        url: 'https://[2001:db8::1]:8443',
        database: 'campus edge',
        credentials: { username: 'edge', secret: 'p@ss' },
      },
    });
    expect(parseStoreLocation('influxdb://edge@localhost/campus?password_file=/etc/campus/influx')).toMatchObject({
      target: { credentials: { username: 'edge', secret: { file: '/etc/campus/influx' } } },
    });
  });

  it('parses InfluxDB 2.x and 3', () => {
    expect(parseStoreLocation('influxdb2+https://to==ken@influx.example/no3%20school/campus%2Fraw')).toEqual({
      kind: 'influxdb',
      target: {
        version: 2,
        url: 'https://influx.example:8086',
        org: 'no3 school',
        database: 'campus/raw',
        credentials: { secret: 'to==ken' },
      },
    });
    expect(parseStoreLocation('influxdb3://127.0.0.1/campus?token_file=/etc/campus/token')).toEqual({
      kind: 'influxdb',
      target: {
        version: 3,
        url: 'http://127.0.0.1:8181',
        database: 'campus',
        credentials: { secret: { file: '/etc/campus/token' } },
      },
    });
  });

  it('parses VictoriaMetrics, one server or a cluster', () => {
    expect(parseStoreLocation('victoriametrics://10.1.2.3')).toEqual({
      kind: 'victoriametrics',
      target: { url: 'http://10.1.2.3:8428', selectUrl: 'http://10.1.2.3:8428' },
    });
    const cluster = 'victoriametrics://ins:8480/insert/0/influx/?select=http://sel:8481/select/0/prometheus/';
    expect(parseStoreLocation(cluster)).toEqual({
      kind: 'victoriametrics',
      target: { url: 'http://ins:8480/insert/0/influx', selectUrl: 'http://sel:8481/select/0/prometheus' },
    });
    expect(parseStoreLocation('victoriametrics+https://edge:secret@vm.example:443')).toMatchObject({
      target: { url: 'https://vm.example:443', credentials: { username: 'edge', secret: 'secret' } },
    });
  });

  it.each(['', 'sqlite', 'http://127.0.0.1:8086/campus', 'influxdb:', 'influx://a/b', 'toString://a'])(
    'refuses %j and says what there is',
    (text) => {
      expect(() => parseStoreLocation(text)).toThrow(`expected ${locationForms.join(', or ')}`);
    },
  );

  it.each([
    'influxdb://127.0.0.1',
    'influxdb://127.0.0.1/a/b',
    'influxdb:///campus',
    'influxdb://127.0.0.1/%zz',
    'influxdb://token@127.0.0.1/campus',
    'influxdb://127.0.0.1/campus?retention=1',
    'influxdb://127.0.0.1/campus#x',
    'influxdb2://127.0.0.1/bucket',
    'influxdb2://user:secret@127.0.0.1/org/bucket',
    'influxdb3://127.0.0.1/',
    'influxdb3://token@127.0.0.1/db?token_file=/etc/token',
    'influxdb3://127.0.0.1/db?token_file=token',
    'influxdb://127.0.0.1/db?password_file=/etc/password',
    'victoriametrics://host?select=vmselect:8481',
    'victoriametrics://host?select=http://user:pw@vmselect:8481',
    'victoriametrics://host?token=abc',
  ])('refuses %j and says how it is written', (text) => {
    expect(() => parseStoreLocation(text)).toThrow(/^expected /);
    expect(() => parseStoreLocation(text)).not.toThrow(locationForms.join(', or '));
  });

  it.each([
    'influxdb://edge:secret@10.0.0.1/campus',
    'influxdb2://secret@influx.example/org/bucket',
    'influxdb3://10.0.0.1/campus?token_file=/etc/token',
    'victoriametrics://secret@127.0.0.1?select=http://10.0.0.1',
  ])('sends no secret over the network in clear: %j', (text) => {
    expect(() => parseStoreLocation(text)).toThrowError(expect.objectContaining({ code: 'tls_required' }));
    expect(() => parseStoreLocation(text)).toThrow(/^(?!.*secret@)/);
  });

  it.each([
    'influxdb://edge:secret@127.0.0.1/campus',
    'influxdb2://secret@[::1]/org/bucket',
    'influxdb3://secret@localhost/db',
  ])('lets it go to this very machine: %j', (text) => {
    expect(parseStoreLocation(text)).toMatchObject({ target: { credentials: { secret: 'secret' } } });
  });

  it('shows no secret, in errors neither', () => {
    expect(redactLocation('influxdb://edge:secret@host/campus')).toBe('influxdb://…@host/campus');
    expect(redactLocation('influxdb://edge:p@ss/word@host/campus')).toBe('influxdb://…@host/campus');
    expect(redactLocation('influxdb2://secret@host/org/bucket')).toBe('influxdb2://…@host/org/bucket');
    expect(redactLocation('victoriametrics://host?token=secret&secret')).toBe('victoriametrics://host?…&…');
    expect(redactLocation('influxdb3://host/db?token_file=/etc/token')).toBe(
      'influxdb3://host/db?token_file=/etc/token',
    );
    expect(redactLocation('duckdb')).toBe('duckdb');
    for (const text of [
      'influx://edge:secret@host/campus',
      'influxdb2://host/a/b?token=secret',
      'influxdb://a:secret@h',
    ]) {
      expect(() => parseStoreLocation(text)).toThrow(/^(?!.*secret)/);
    }
  });

  it('acknowledge spool messages under a name that stays when the secret changes', () => {
    expect(consumerName('duckdb')).toBe('duckdb');
    expect(consumerName('influxdb://edge:secret@host/campus')).toBe('influxdb://host/campus');
    expect(consumerName('influxdb3://host/db?token_file=/a')).toBe(consumerName('influxdb3://secret@host/db'));
    const cluster = 'victoriametrics://ins:8480/insert/0/influx?select=http://sel:8481/select/0/prometheus';
    expect(consumerName(`${cluster}&password_file=/x`)).toBe(cluster);
  });

  it('are documented by examples that parse', () => {
    const document = readFileSync(join(import.meta.dirname, '../../../docs/stores.md'), 'utf8');
    const examples = [...document.matchAll(/\b(?:influxdb[23]?|victoriametrics)(?:\+https)?:\/\/[^\s`"'[…]+/g)];
    expect(examples.length).toBeGreaterThan(7);
    for (const [example] of examples) expect(() => parseStoreLocation(example), example).not.toThrow();
    for (const form of locationForms) expect(document).toContain(form);
  });
});
