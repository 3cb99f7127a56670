import { execFile } from 'node:child_process';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { version } from '../../../runtime/version.ts';
import { root } from '../../tidy/sources.ts';

const entry = join(root, 'cli', 'campus-edge.js');
/** Makes Node.js say that it is an older one. */
const old = ['--import', 'data:text/javascript,Object.defineProperty(process, "version", { value: "v20.1.0" })'];

function node(args: readonly string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    const child = execFile(process.execPath, args, (_error, stdout, stderr) =>
      resolve({ code: child.exitCode ?? -1, stdout, stderr }),
    );
  });
}

describe('campus-edge.js', () => {
  it('runs the command line', async () => {
    expect(await node([entry, '--version'])).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
  });

  it('passes exit codes on', async () => {
    expect(await node([entry, 'nonsense', '--lang', 'en'])).toEqual({
      code: 2,
      stdout: '',
      stderr: "campus-edge: usage: unknown command 'nonsense'; see campus-edge --help\n",
    });
  });

  it("runs on the checkout's own Node.js when an older one starts it", async () => {
    expect(await node([...old, entry, '--version'])).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
    expect(await node([...old, entry, 'nonsense'])).toMatchObject({ code: 2 });
  });

  it('says in both languages what to do when there is no newer one', async () => {
    const elsewhere = await mkdtemp(join(tmpdir(), 'campus-edge-entry-'));
    onTestFinished(() => rm(elsewhere, { recursive: true }));
    const copy = join(elsewhere, 'cli', 'campus-edge.mjs');
    await cp(entry, copy);
    const { code, stdout, stderr } = await node([...old, copy, 'up']);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(
      /^campus-edge: node_too_old: Node\.js 24 or newer is needed, this is v20\.1\.0: .*需要 Node\.js 24.*\n$/,
    );
  });

  it('says in both languages what to do where npm ci was not run', async () => {
    const elsewhere = await mkdtemp(join(tmpdir(), 'campus-edge-entry-'));
    onTestFinished(() => rm(elsewhere, { recursive: true }));
    for (const name of ['cli', 'contract', 'runtime', 'package.json']) {
      await cp(join(root, name), join(elsewhere, name), { recursive: true });
    }
    const { code, stdout, stderr } = await node([join(elsewhere, 'cli', 'campus-edge.js'), 'up']);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^campus-edge: installation_incomplete: run `npm ci` in \S+, then again .*安装不完整.*\n$/);
    expect(stderr).toContain(elsewhere);
  });
});
