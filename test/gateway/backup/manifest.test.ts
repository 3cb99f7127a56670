import { describe, expect, it } from 'vitest';
import { encodeManifest, parseManifest } from '../../../gateway/backup/manifest.ts';

const sha256 = '0'.repeat(64);
const about = { version: '1.2.3', created_at: '2026-03-01T08:00:00.000Z', store: 'duckdb' };
const withPaths = (...paths: string[]): string =>
  encodeManifest({ ...about, files: paths.map((path) => ({ path, bytes: 1, sha256 })) });

describe('a manifest', () => {
  it('is read as it was written', () => {
    const { files, ...rest } = parseManifest(withPaths('gateway/store.duckdb'), '1.2.3');
    expect(rest).toEqual({ product: 'campus-edge', format: 1, ...about });
    expect(files).toEqual([{ path: 'gateway/store.duckdb', bytes: 1, sha256 }]);
  });

  it.each([
    'campus-edge.yaml',
    'agent/outbox.sqlite',
    'flows/lib/a b.json',
    'flows/教室.json',
    'gateway/..odd',
    'gateway/.x',
  ])('may list %j', (path) => {
    expect(parseManifest(withPaths(path), '1.2.3').files).toHaveLength(1);
  });

  it.each([
    '',
    'agent',
    'agent/',
    'agent//x',
    '/agent/x',
    '../x',
    'agent/..',
    'agent/../x',
    'agent/./x',
    'agent/x/../../y',
    'agent\\x',
    'agent/a\\b',
    'agent/a\nb',
    'agent/a\0b',
    'backups/x',
    'cache/x',
    'campus-edge.yaml/x',
    'agent/1/2/3/4/5/6/7/8/9',
    `agent/${'x'.repeat(256)}`,
  ])('may not list %j', (path) => {
    expect(() => parseManifest(withPaths(path), '1.2.3')).toThrow(expect.objectContaining({ code: 'backup_invalid' }));
  });

  it('may not list a file twice', () => {
    expect(() => parseManifest(withPaths('agent/x', 'agent/x'), '1.2.3')).toThrow('twice');
  });

  it.each(['1.2.3', '1.2.4', '1.3.0', '2.0.0', '10.0.0'])('of 1.2.3 is restored by %s', (ours) => {
    expect(parseManifest(withPaths(), ours).version).toBe('1.2.3');
  });

  it.each(['1.2.2', '1.1.9', '0.9.9'])('of 1.2.3 is not restored by %s, and the error says so', (ours) => {
    expect(() => parseManifest(withPaths(), ours)).toThrow(`campus-edge 1.2.3 made it, and this is ${ours}`);
  });

  it('of a later format is not restored, whatever version it says', () => {
    const later = withPaths().replace('"format": 1', '"format": 2');
    expect(() => parseManifest(later, '1.2.3')).toThrow(expect.objectContaining({ code: 'backup_invalid' }));
  });

  it('may have keys that a later version adds', () => {
    const more = withPaths().replace('"format": 1', '"format": 1, "note": "before the holidays"');
    expect(parseManifest(more, '1.2.3').store).toBe('duckdb');
  });
});
