import { chownSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Home } from '../../runtime/home.ts';

/**
 * Gives a file, or a directory with all that is in it, to whom the home belongs. An administrator backs up and restores as root, and the user
 * of the service must be able to use what comes of it.
 */
export function giveToOwner(path: string, home: Home): void {
  if (process.getuid?.() !== 0) return;
  const { uid, gid } = statSync(home.dir);
  const give = (entry: string): void => {
    chownSync(entry, uid, gid);
    if (!statSync(entry).isDirectory()) return;
    for (const name of readdirSync(entry)) give(join(entry, name));
  };
  give(path);
}
