import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkArchive, restoreHome } from '../../../gateway/backup/restore.ts';
import { homeAt } from '../../../runtime/home.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { type Entry, forgeArchive, manifestOf } from './forged-archive.ts';

const common = { version: '0.1.0', signal: new AbortController().signal, onProgress: () => {} };
const config: Entry = { path: 'campus-edge.yaml', body: 'site: no3-school\n' };
const secret: Entry = { path: 'agent/credentials.json', body: '{}' };

/** Tries to restore an archive below an empty directory; returns that directory and what came of it. */
async function restore(archive: string): Promise<{ dir: string; outcome: unknown }> {
  const dir = temporaryDirectory();
  const home = homeAt(join(dir, 'home'));
  const outcome = await restoreHome({ archive, home, force: false, now: 0, ...common }).catch(
    (error: unknown) => error,
  );
  return { dir, outcome };
}

describe('a backup', () => {
  it('is restored as it was made, for its owner only', async () => {
    const { dir, outcome } = await restore(forgeArchive([manifestOf([config, secret]), config, secret]));
    expect(outcome).toMatchObject({ manifest: { store: 'duckdb' } });
    const file = join(dir, 'home', 'agent/credentials.json');
    expect(readFileSync(file, 'utf8')).toBe('{}');
    expect(readFileSync(join(dir, 'home', 'campus-edge.yaml'), 'utf8')).toBe(config.body);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(statSync(join(dir, 'home', 'agent')).mode & 0o777).toBe(0o700);
  });

  it('of an older version is taken', async () => {
    const { outcome } = await restore(forgeArchive([manifestOf([config], { version: '0.0.9' }), config]));
    expect(outcome).toMatchObject({ manifest: { version: '0.0.9' } });
  });

  const outside = (path: string): Entry[] => [manifestOf([config]), config, { path, body: 'evil' }];
  it.each<[string, Entry[], string]>([
    ['a path that leads out of the home', outside('../evil'), '"../evil", which its manifest does not list'],
    ['an absolute path', outside('/tmp/campus-edge-evil'), '/tmp/campus-edge-evil", which its manifest does not list'],
    ['a file that is not listed', outside('agent/more'), '"agent/more", which its manifest does not list'],
    [
      'a file twice',
      [manifestOf([config]), config, config],
      '"campus-edge.yaml", which its manifest does not list once',
    ],
    [
      'a listed path that leads out of the home',
      [manifestOf([config], { path: 'agent/../../evil' }), { path: 'agent/../../evil', body: 'evil' }],
      'is not one of campus-edge',
    ],
    [
      'a symbolic link',
      [manifestOf([config]), { path: 'agent', type: 'SymbolicLink', linkpath: '/etc' }],
      'agent is no plain file',
    ],
    [
      'a hard link',
      [manifestOf([config]), { path: 'campus-edge.yaml', type: 'Link', linkpath: '/etc/passwd' }],
      'campus-edge.yaml is no plain file',
    ],
    ['a directory', [manifestOf([config]), { path: 'agent/', type: 'Directory' }], 'is no plain file'],
    ['another size', [manifestOf([config], { bytes: 3 }), config], 'has 17 bytes in place of 3'],
    ['another content', [manifestOf([config], { sha256: 'a'.repeat(64) }), config], 'has another checksum'],
    ['a file less', [manifestOf([config, secret]), config], 'it lacks agent/credentials.json'],
    ['no manifest', [config], 'it does not begin with manifest.json'],
    ['a manifest of something else', [{ path: 'manifest.json', body: '{"a":1}' }], 'is not one of campus-edge'],
    ['a manifest that is no JSON', [{ path: 'manifest.json', body: '{' }], 'is not JSON'],
    [
      'a newer version',
      [manifestOf([config], { version: '0.2.0' }), config],
      'campus-edge 0.2.0 made it, and this is 0.1.0',
    ],
    ['nothing', [], ''],
  ])('with %s is refused and leaves nothing', async (_what, entries, message) => {
    const archive = forgeArchive(entries);
    const { dir, outcome } = await restore(archive);
    expect(outcome).toMatchObject({ code: 'backup_invalid', message: expect.stringContaining(message) });
    expect(readdirSync(dir)).toEqual([]);
    expect(existsSync('/tmp/campus-edge-evil')).toBe(false);
    await expect(checkArchive({ archive, ...common })).rejects.toMatchObject({ code: 'backup_invalid' });
  });

  it('that goes on for ever behind its last file is not read to its end', async () => {
    const archive = forgeArchive([manifestOf([config]), config, { path: 'agent/bomb', body: 'x'.repeat(50_000_000) }]);
    const { dir, outcome } = await restore(archive);
    expect(outcome).toMatchObject({ code: 'backup_invalid' });
    expect(readdirSync(dir)).toEqual([]);
  });

  it('that lost its end or a bit on the way is refused, wherever that is', async () => {
    const body = Array.from({ length: 20_000 }, (_, index) => `${(index * 7919) % 10_007}`).join();
    const big: Entry = { path: 'gateway/store.duckdb', body };
    const whole = readFileSync(forgeArchive([manifestOf([config, big]), config, big]));
    const damaged = join(temporaryDirectory(), 'damaged.tar.zst');
    for (const share of [0.01, 0.3, 0.6, 0.99]) {
      const at = Math.floor(whole.byteLength * share);
      const flipped = Buffer.from(whole);
      flipped[at] = (flipped[at] ?? 0) ^ 0x10;
      for (const bytes of [whole.subarray(0, at), flipped]) {
        writeFileSync(damaged, bytes);
        const { dir, outcome } = await restore(damaged);
        expect(outcome, `at ${at} of ${whole.byteLength}`).toMatchObject({ code: 'backup_invalid' });
        expect(readdirSync(dir)).toEqual([]);
      }
    }
  });

  it('that is not there is a clear error', async () => {
    const { outcome } = await restore('/nowhere/backup.tar.zst');
    expect(outcome).toMatchObject({ code: 'not_found', message: expect.stringContaining('/nowhere/backup.tar.zst') });
  });
});
