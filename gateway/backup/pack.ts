import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { constants, createZstdCompress } from 'node:zlib';
import { Pack } from 'tar';
import { encodeManifest, MANIFEST_FILE, type Manifest, type ManifestFile, parseManifest } from './manifest.ts';

/** Bytes read at once: enough for an SD card, little enough for the memory of a small box. */
const READ_BYTES = 256 * 1024;

/**
 * Packs a directory into an archive (tar, POSIX.1-2001; compressed by Zstandard, RFC 8878) whose first file is the manifest of the others.
 * @param directory holds copies that nobody writes to any more; the manifest is put beside them
 * @param archive must not exist; it is on the disk when this resolves, and only its owner may read it
 * @param onBytes told of bytes done, each file's twice: it is read once for its checksum and once more for the archive
 */
export async function pack(
  directory: string,
  archive: string,
  about: Omit<Manifest, 'product' | 'format' | 'files'>,
  onBytes: (bytes: number) => void,
): Promise<ManifestFile[]> {
  const files: ManifestFile[] = [];
  for (const path of pathsBelow(directory, directory)) {
    files.push({
      path,
      bytes: statSync(join(directory, path)).size,
      sha256: await sha256(join(directory, path), onBytes),
    });
  }
  const manifest = encodeManifest({ ...about, files });
  // What could not be restored is better noticed now.
  parseManifest(manifest, about.version);
  writeFileSync(join(directory, MANIFEST_FILE), manifest);
  const tar = new Pack({ cwd: directory, portable: true, maxReadSize: READ_BYTES });
  for (const path of [MANIFEST_FILE, ...files.map((file) => file.path)]) tar.add(path);
  tar.end();
  await pipeline(
    tar,
    counting(onBytes),
    createZstdCompress({ params: { [constants.ZSTD_c_checksumFlag]: 1 } }),
    createWriteStream(archive, { flags: 'wx', mode: 0o600, flush: true }),
  );
  return files;
}

function pathsBelow(root: string, dir: string): string[] {
  return readdirSync(dir, { withFileTypes: true })
    .sort((one, other) => (one.name < other.name ? -1 : 1))
    .flatMap((entry) => {
      const path = join(dir, entry.name);
      return entry.isDirectory() ? pathsBelow(root, path) : [relative(root, path)];
    });
}

async function sha256(path: string, onBytes: (bytes: number) => void): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path, { highWaterMark: READ_BYTES }), counting(onBytes), hash);
  return hash.digest('hex');
}

/** Passes bytes on and tells of each chunk. */
export function counting(onBytes: (bytes: number) => void): Transform {
  return new Transform({
    transform: (chunk: Buffer, _encoding, done) => {
      onBytes(chunk.byteLength);
      done(null, chunk);
    },
  });
}
