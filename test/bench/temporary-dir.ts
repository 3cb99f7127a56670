import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Cleanup } from './cleanup.ts';

/** A new directory that is removed with the rest. */
export function temporaryDir(name: string, cleanup: Cleanup): string {
  const dir = mkdtempSync(join(tmpdir(), `campus-edge-${name}-`));
  cleanup.defer(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

/** stat(2) counts in blocks of this many bytes, whatever the file system's are. */
const BLOCK_BYTES = 512;

/** Bytes that the files below some directories take on the disk. */
export function diskBytes(dirs: readonly string[], isCounted: (path: string) => boolean = () => true): number {
  let bytes = 0;
  for (const dir of dirs) {
    for (const path of readdirSync(dir, { recursive: true, encoding: 'utf8' })) {
      // A file may be compacted away while its directory is read.
      const stat = statSync(join(dir, path), { throwIfNoEntry: false });
      if (stat?.isFile() && isCounted(path)) bytes += stat.blocks * BLOCK_BYTES;
    }
  }
  return bytes;
}
