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
  /** Of the body; a text unless told. */
  encoding?: 'utf8' | 'latin1';
  type?: 'File' | 'SymbolicLink' | 'Link' | 'Directory';
  linkpath?: string;
}

const BLOCK = 512;

/** A tar of these entries, whatever they are, compressed as backups are. */
export function forgeArchive(entries: readonly Entry[]): string {
  const blocks = entries.flatMap((entry) => {
    const { path, type = 'File', linkpath } = entry;
    const body = bytesOf(entry);
    const header = Buffer.alloc(BLOCK);
    const link = linkpath === undefined ? {} : { linkpath };
    new Header({ path, type, size: body.byteLength, mode: 0o777, mtime: new Date(0), ...link }).encode(header);
    return [header, body, Buffer.alloc(-body.byteLength & (BLOCK - 1))];
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
  const listed = files.map((entry) => ({
    path: entry.path,
    bytes: bytesOf(entry).byteLength,
    sha256: createHash('sha256').update(bytesOf(entry)).digest('hex'),
    ...wrong,
  }));
  const about = { version, created_at: '2026-03-01T08:00:00.000Z', store: 'duckdb' };
  return { path: 'manifest.json', body: encodeManifest({ ...about, files: listed }) };
}

function bytesOf({ body = '', encoding = 'utf8' }: Entry): Buffer {
  return Buffer.from(body, encoding);
}
