import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { homeFiles } from '../../../gateway/backup/contents.ts';
import { openHome } from '../../../runtime/home.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

/** A home with these files. */
function homeWith(...paths: string[]) {
  const home = openHome(join(temporaryDirectory(), 'home'));
  for (const path of paths) {
    mkdirSync(dirname(join(home.dir, path)), { recursive: true });
    writeFileSync(join(home.dir, path), path);
  }
  return home;
}

describe('the files of a backup', () => {
  it('are the configuration and what agent, gateway and flows keep, each with how it is copied', () => {
    const home = homeWith(
      'campus-edge.yaml',
      'agent/credentials.json',
      'agent/outbox.sqlite',
      'gateway/registry.sqlite',
      'gateway/spool.sqlite',
      'gateway/store.duckdb',
      'flows/flows.json',
      'flows/lib/functions/a.js',
      'credentials/flows/mqtt.json',
    );
    expect(homeFiles(home).map(({ path, kind }) => [path, kind])).toEqual([
      ['campus-edge.yaml', 'plain'],
      ['agent/credentials.json', 'plain'],
      ['agent/outbox.sqlite', 'sqlite'],
      ['gateway/registry.sqlite', 'sqlite'],
      ['gateway/spool.sqlite', 'sqlite'],
      ['gateway/store.duckdb', 'duckdb'],
      ['flows/flows.json', 'plain'],
      ['flows/lib/functions/a.js', 'plain'],
      ['credentials/flows/mqtt.json', 'plain'],
    ]);
  });

  it('are none that a database makes again, that are half written, damaged, or true only now', () => {
    const home = homeWith(
      'gateway/registry.sqlite-wal',
      'gateway/registry.sqlite-shm',
      'gateway/store.duckdb.wal',
      'gateway/store.duckdb.tmp/spill',
      'gateway/credentials.json.0a1b2c3d.tmp',
      'gateway/spool.sqlite.damaged-1764000000000',
      'gateway/running.json',
      'gateway/tmp/export',
      'flows/node_modules/package/index.js',
      'backups/campus-edge.tar.zst',
      'cache/compiled',
      'before-restore-20260301T120000Z/gateway/registry.sqlite',
    );
    expect(homeFiles(home)).toEqual([]);
  });

  it('may lie elsewhere, where a link leads', () => {
    const home = homeWith('agent/credentials.json');
    const disk = join(temporaryDirectory(), 'store.duckdb');
    writeFileSync(disk, '12345');
    symlinkSync(disk, join(home.gatewayDir, 'store.duckdb'));
    symlinkSync('/nowhere', join(home.gatewayDir, 'dangling'));
    expect(homeFiles(home)).toContainEqual({ path: 'gateway/store.duckdb', kind: 'duckdb', bytes: 5 });
    expect(homeFiles(home)).toHaveLength(2);
  });
});
