// Plain JavaScript, as everything that the entry loads before Node.js is known to be new enough.
import { statSync } from 'node:fs';
import module from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A process that nobody ends in order, as on a box that loses its power, has kept its compiled code by then, ms. */
const KEEP_AFTER_MS = 30_000;

const ownPackages = fileURLToPath(new URL('../node_modules', import.meta.url));

/**
 * Has this process, its threads and what it starts keep what they compile, and take what others have kept: two thirds of a start is
 * compiling. A directory that the environment names is left as it is.
 */
export function keepCompiledCode() {
  const directory = process.env.NODE_COMPILE_CACHE ?? installationCache();
  if (directory === undefined) return;
  process.env.NODE_COMPILE_CACHE = directory;
  module.enableCompileCache(directory);
  setTimeout(() => module.flushCompileCache(), KEEP_AFTER_MS).unref();
}

/** The installation's own place for compiled code; only where it is this user's, for whoever may write there runs as it. */
export function installationCache(packages = ownPackages) {
  const owner = statSync(packages, { throwIfNoEntry: false })?.uid;
  return owner !== undefined && owner === process.getuid?.() ? join(packages, '.cache/campus-edge') : undefined;
}
