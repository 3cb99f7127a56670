import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { zstdCompressSync } from 'node:zlib';
import { Header } from 'tar';
import { encodeManifest, type ManifestFile } from '../../../gateway/backup/manifest.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

export interface Entry {
  path: string;
  body?: string;
  type?: 'File' | 'SymbolicLink' | 'Link' | 'Directory';
  linkpath?: string;
}

const BLOCK = 512;

/** A tar of these entries, whatever they are, compressed as backups are. */
export function forgeArchive(entries: readonly Entry[]): string {
  const blocks = entries.flatMap(({ path, body = '', type = 'File', linkpath }) => {
    const header = Buffer.alloc(BLOCK);
    const link = linkpath === undefined ? {} : { linkpath };
    new Header({ path, type, size: Buffer.byteLength(body), mode: 0o777, mtime: new Date(0), ...link }).encode(header);
    const data = Buffer.alloc(Math.ceil(Buffer.byteLength(body) / BLOCK) * BLOCK);
    data.write(body);
    return [header, data];
  });
  const file = join(temporaryDirectory(), 'forged.tar.zst');
  writeFileSync(file, zstdCompressSync(Buffer.concat([...blocks, Buffer.alloc(2 * BLOCK)])));
  return file;
}

/** The entry of a manifest that lists these files truthfully, but for what is said otherwise. */
export function manifestOf(
  files: readonly Entry[],
  { version = '0.1.0', ...wrong }: Partial<ManifestFile> & { version?: string } = {},
): Entry {
  const listed = files.map(({ path, body = '' }) => ({
    path,
    bytes: Buffer.byteLength(body),
    sha256: createHash('sha256').update(body).digest('hex'),
    ...wrong,
  }));
  const about = { version, created_at: '2026-03-01T08:00:00.000Z', store: 'duckdb' };
  return { path: 'manifest.json', body: encodeManifest({ ...about, files: listed }) };
}
