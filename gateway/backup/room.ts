import { statfsSync } from 'node:fs';
import { CampusError } from '../../contract/errors.ts';

/** What stays free for the gateway, which goes on storing meanwhile: some hours of a school's measurements. */
export const RESERVE_BYTES = 64_000_000;

/**
 * Finds out whether a directory's file system has room for so many bytes and the gateway still has its own.
 * @param bytes needed at most
 * @throws CampusError `disk_full` that says how much is missing
 */
export function checkRoom(dir: string, bytes: number): void {
  const { bavail, bsize } = statfsSync(dir);
  const free = bavail * bsize;
  const needed = bytes + RESERVE_BYTES;
  if (free >= needed) return;
  throw new CampusError(
    'disk_full',
    `expected ${inMegabytes(needed)} MB free on the disk of ${dir}, got ${inMegabytes(free)} MB: free some, or use another disk`,
  );
}

function inMegabytes(bytes: number): number {
  return Math.ceil(bytes / 1e6);
}
