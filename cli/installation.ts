import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Where the product lies. */
export const packageRoot = dirname(dirname(fileURLToPath(import.meta.url)));

/** Where a packaged product keeps its state (Filesystem Hierarchy Standard 3.0 §5.8). */
const PACKAGED_HOME = '/var/lib/campus-edge';

/** True in a checkout of the sources. It is told by its lockfile, which npm never packs. */
function isCheckout(): boolean {
  return existsSync(join(packageRoot, 'package-lock.json'));
}

/** How the command line is called here. */
export function programName(): string {
  return isCheckout() ? 'npx campus-edge' : 'campus-edge';
}

/**
 * The home directory of an invocation: `--home`, else CAMPUS_HOME, else `data` in the checkout, else the packaged place.
 * @param option the value of `--home`, relative to the working directory
 */
export function homeDir(option: string | undefined, env: NodeJS.ProcessEnv): string {
  const chosen = option ?? env['CAMPUS_HOME'];
  if (chosen !== undefined && chosen !== '') return resolve(chosen);
  return isCheckout() ? join(packageRoot, 'data') : PACKAGED_HOME;
}
