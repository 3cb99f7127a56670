import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Collects the garbage of this thread, which stands still meanwhile: tenths of a second for tens of megabytes on a slow machine. */
export function collectGarbage(): void {
  // Node.js has no other door to it in a process that was not started with this flag.
  setFlagsFromString('--expose-gc');
  const gc: unknown = runInNewContext('gc');
  if (typeof gc === 'function') gc();
}
