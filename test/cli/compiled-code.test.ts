import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { installationCache } from '../../cli/compiled-code.js';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { root } from '../tidy/sources.ts';

/** What Node.js says of its compile cache while a command runs. */
function version(env: NodeJS.ProcessEnv): string {
  const { status, stderr } = spawnSync(process.execPath, [join(root, 'cli/campus-edge.js'), '--version'], {
    env: { ...process.env, NODE_COMPILE_CACHE: undefined, NODE_DEBUG_NATIVE: 'COMPILE_CACHE', ...env },
    encoding: 'utf8',
  });
  expect(status).toBe(0);
  return stderr;
}

describe('compiled code', () => {
  it('of a checkout lies beside its packages, and is taken from there', () => {
    version({});
    const second = version({});
    expect(second).toContain(`${join(root, 'node_modules/.cache/campus-edge')}/`);
    expect(second).toMatch(/V8 code cache for ESM file:\S*\/cli\/program\.ts was accepted/);
  });

  it('lies where the environment says', () => {
    const directory = mkdtempSync(join(temporaryDirectory(), 'cache-'));
    expect(version({ NODE_COMPILE_CACHE: directory })).not.toContain('node_modules/.cache');
    expect(readdirSync(directory)).toHaveLength(1);
  });

  it.runIf(process.getuid?.() === 0)('is not kept where another user could write it', () => {
    const own = mkdtempSync(join(temporaryDirectory(), 'packages-'));
    expect(installationCache(own)).toBe(join(own, '.cache/campus-edge'));
    const others = join(temporaryDirectory(), 'others');
    mkdirSync(others);
    const { status } = spawnSync('chown', ['nobody', others]);
    expect(status).toBe(0);
    expect(installationCache(others)).toBeUndefined();
  });
});
