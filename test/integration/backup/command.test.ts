import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { randomFillSync } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { type Home, openHome } from '../../../runtime/home.ts';
import { noteRunning } from '../../../runtime/running.ts';
import { campusEdge } from '../../cli/invocation.ts';
import type { Product } from '../../support/product.ts';
import { isRoot } from '../../support/root.ts';
import { startProduct } from '../../support/start-product.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { until } from '../../support/until.ts';
import { forgeArchive, manifestOf } from './forged-archive.ts';

const PROGRAM = join(import.meta.dirname, '../../../cli/campus-edge.js');

interface MadeBackup {
  file: string;
  bytes: number;
  store: string;
  history_included: boolean;
  deleted: string[];
}

/** A home that was administered and whose gateway never ran. */
async function stoppedHome(): Promise<Home> {
  const home = openHome(join(temporaryDirectory(), 'home'));
  expect(
    (await campusEdge(['user', 'add', 'wang', '--role', 'viewer', '--generate', '--home', home.dir])).exitCode,
  ).toBe(0);
  return home;
}

async function backUp(home: Home, ...options: string[]): Promise<MadeBackup> {
  const { exitCode, stdout, stderr } = await campusEdge(['backup', '--json', ...options, '--home', home.dir]);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  return JSON.parse(stdout) as MadeBackup;
}

/** Begins a command, and ends it by Ctrl-C once its backup is under way. Returns its exit code and what it printed. */
async function interrupted(dir: string, args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const child: ChildProcess = spawn(process.execPath, [PROGRAM, ...args], {
    env: { ...process.env, LANG: 'C', ...env },
  });
  let printed = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    printed += String(chunk);
  });
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve));
  await until(
    'the backup is under way',
    () => existsSync(dir) && readdirSync(dir).some((name) => name.startsWith('.')),
  );
  child.kill('SIGINT');
  return { code: await exited, printed };
}

/** Makes the backup of a home take a while. */
function enlarge(home: string): void {
  mkdirSync(join(home, 'flows'), { recursive: true });
  writeFileSync(join(home, 'flows', 'large'), randomFillSync(Buffer.alloc(150_000_000)));
}

it('a home whose gateway does not run is backed up and restored, and both stand in its audit log', async () => {
  const home = await stoppedHome();
  writeFileSync(home.configFile, 'site: no3-school\n');
  const made = await backUp(home);
  expect(made).toMatchObject({ store: 'duckdb', history_included: true, deleted: [] });
  expect(made.file).toMatch(new RegExp(`^${home.dir}/backups/campus-edge-no3-school-\\d{8}T\\d{6}Z\\.tar\\.zst$`));
  expect(statSync(made.file).mode & 0o777).toBe(0o600);
  expect(statSync(join(home.dir, 'backups')).mode & 0o777).toBe(0o700);

  const check = await campusEdge(['restore', made.file, '--check']);
  expect(check).toMatchObject({ exitCode: 0, stderr: '' });
  expect(check.stdout).toMatch(/ is whole: 2 files, .* by campus-edge /);

  const restored = join(temporaryDirectory(), 'restored');
  const { exitCode, stdout } = await campusEdge(['restore', made.file, '--home', restored]);
  expect(exitCode).toBe(0);
  expect(stdout).toContain(`up --home ${restored}`);
  expect(readFileSync(join(restored, 'campus-edge.yaml'), 'utf8')).toBe('site: no3-school\n');
  const users = await campusEdge(['user', 'list', '--json', '--home', restored]);
  expect(JSON.parse(users.stdout)).toMatchObject({ users: [{ name: 'wang', role: 'viewer' }] });
  const { DatabaseSync } = await import('node:sqlite');
  const registry = new DatabaseSync(join(restored, 'gateway', 'registry.sqlite'));
  const rows = registry.prepare(`
    SELECT action, audit_names.name AS actor FROM audit JOIN audit_names ON audit.actor = 'cli:' || audit_names.id
    ORDER BY audit.id`);
  expect(rows.all()).toMatchObject([
    { action: 'user.add' },
    { action: 'home.restore', actor: expect.stringMatching(/^cli:/) },
  ]);
  registry.close();
});

it('a registry that an older version wrote is brought forward', async () => {
  const home = await stoppedHome();
  const { DatabaseSync } = await import('node:sqlite');
  const registry = new DatabaseSync(join(home.gatewayDir, 'registry.sqlite'));
  // What the migrations since the fourth schema did is undone.
  registry.exec(`DROP TABLE audit; DROP TABLE audit_head; DROP TABLE audit_anchor; DROP TABLE audit_names; DROP TABLE erasures; DROP TABLE join_requests; DROP TABLE commands; DROP TABLE join_tokens;
    DROP TRIGGER credentials_renewed; DROP TRIGGER credentials_erased; DROP TABLE issued_certificates;
    CREATE TABLE audit (id INTEGER PRIMARY KEY AUTOINCREMENT, time INTEGER NOT NULL, last_time INTEGER NOT NULL,
      actor TEXT NOT NULL, address TEXT NOT NULL, action TEXT NOT NULL, target TEXT NOT NULL, outcome TEXT NOT NULL,
      detail TEXT NOT NULL, count INTEGER NOT NULL) STRICT;
    CREATE INDEX audit_by_time ON audit (last_time);
    ALTER TABLE tokens DROP COLUMN scopes; ALTER TABLE tokens DROP COLUMN stands_in; ALTER TABLE tokens DROP COLUMN expires_at;
    PRAGMA user_version = 3`);
  registry.close();
  const body = readFileSync(join(home.gatewayDir, 'registry.sqlite')).toString('latin1');
  const entry = { path: 'gateway/registry.sqlite', body, encoding: 'latin1' } as const;
  const archive = forgeArchive([manifestOf([entry], { version: '0.0.1' }), entry]);
  const restored = join(temporaryDirectory(), 'restored');
  expect(await campusEdge(['restore', archive, '--home', restored])).toMatchObject({ exitCode: 0 });
  expect((await campusEdge(['token', 'create', '--role', 'viewer', '--home', restored])).exitCode).toBe(0);
  const users = await campusEdge(['user', 'list', '--json', '--home', restored]);
  expect(JSON.parse(users.stdout)).toMatchObject({ users: [{ name: 'wang' }] });
});

it('nothing is overwritten: neither a file nor, unless forced, a home', async () => {
  const home = await stoppedHome();
  const { file } = await backUp(home);
  const again = await campusEdge(['backup', '--out', file, '--home', home.dir]);
  expect(again).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('already_exists') });

  writeFileSync(join(home.flowsDir, 'flows.json'), '["later"]');
  const refused = await campusEdge(['restore', file, '--home', home.dir]);
  expect(refused).toMatchObject({
    exitCode: 1,
    stderr: expect.stringMatching(/already_exists: .*gateway, flows.*--force/),
  });
  expect(existsSync(join(home.flowsDir, 'flows.json'))).toBe(true);

  const forced = await campusEdge(['restore', file, '--force', '--json', '--home', home.dir]);
  expect(forced.exitCode).toBe(0);
  const { kept_aside: aside } = JSON.parse(forced.stdout) as { kept_aside: string };
  expect(readFileSync(join(aside, 'flows', 'flows.json'), 'utf8')).toBe('["later"]');
  expect(existsSync(join(home.flowsDir, 'flows.json'))).toBe(false);
  expect(existsSync(file)).toBe(true);
  expect(readdirSync(home.dir).filter((name) => name.startsWith('.'))).toEqual([]);
});

it('a damaged backup is refused before the home is touched', async () => {
  const home = await stoppedHome();
  const { file } = await backUp(home);
  const damaged = join(temporaryDirectory(), 'damaged.tar.zst');
  copyFileSync(file, damaged);
  const bytes = readFileSync(damaged);
  const middle = Math.floor(bytes.byteLength / 2);
  bytes[middle] = (bytes[middle] ?? 0) ^ 1;
  writeFileSync(damaged, bytes);
  const before = readdirSync(home.gatewayDir);
  const outcome = await campusEdge(['restore', damaged, '--force', '--lang', 'zh-CN', '--home', home.dir]);
  expect(outcome).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('该文件不是备份、已损坏') });
  expect(readdirSync(home.gatewayDir)).toEqual(before);
  expect(readdirSync(home.dir).toSorted()).toEqual(['agent', 'backups', 'flows', 'gateway']);
});

it('older backups of the folder are deleted when asked', async () => {
  const home = await stoppedHome();
  const first = await backUp(home);
  const second = await backUp(home);
  expect(second.file).not.toBe(first.file);
  const third = await backUp(home, '--keep', '2');
  expect(third.deleted).toHaveLength(1);
  expect(readdirSync(join(home.dir, 'backups'))).toHaveLength(2);
  expect(existsSync(third.file)).toBe(true);
});

it('a home on which a process runs is not restored, one whose process was killed is', async () => {
  const home = await stoppedHome();
  const { file } = await backUp(home);
  const sleeper = spawn('sleep', ['60'], { stdio: 'ignore' });
  onTestFinished(() => void sleeper.kill());
  const end = noteRunning(home.agentDir);
  const refused = await campusEdge(['restore', file, '--force', '--home', home.dir]);
  expect(refused).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('home_locked: the agent of') });
  end();
  // The note of a process that is gone, whose number another one has by now.
  writeFileSync(
    join(home.gatewayDir, 'running.json'),
    JSON.stringify({ pid: sleeper.pid, start: 'earlier', url: 'http://x' }),
  );
  expect(await campusEdge(['restore', file, '--force', '--home', home.dir])).toMatchObject({ exitCode: 0 });
});

it('says that the history of a server is not part of the backup', async () => {
  const home = await stoppedHome();
  writeFileSync(home.configFile, 'gateway: {store: "influxdb://me:secret@127.0.0.1:8086/campus"}\n');
  const { exitCode, stderr, stdout } = await campusEdge(['backup', '--home', home.dir]);
  expect(exitCode).toBe(0);
  expect(stderr).toContain('The history lies in influxdb://…@127.0.0.1:8086/campus and is not part of the backup');
  const file = /to (\S+)/.exec(stdout)?.[1] ?? '';
  const restored = await campusEdge(['restore', file, '--home', join(temporaryDirectory(), 'restored')]);
  expect(restored.stdout).toContain('was not part of the backup');
  expect(stderr + stdout + restored.stdout).not.toContain('secret');
});

it('a configuration that is broken keeps nobody from a backup', async () => {
  const home = await stoppedHome();
  writeFileSync(home.configFile, 'gateway: [\n');
  expect((await backUp(home)).file).toMatch(/\/campus-edge-\d{8}T\d{6}Z\.tar\.zst$/);
});

it.each([
  [['--out', '/nowhere/file'], 'not_found', 1],
  [['--keep', '0'], 'usage', 2],
  [['--keep', '1', '--out', 'x'], 'usage', 2],
])('%j is one line and an exit code', async (options, code, exitCode) => {
  const home = await stoppedHome();
  const outcome = await campusEdge(['backup', ...options, '--home', home.dir]);
  expect(outcome).toMatchObject({
    exitCode,
    stdout: '',
    stderr: expect.stringMatching(new RegExp(`^campus-edge: ${code}: .+\n$`)),
  });
});

it('a home that does not exist is an error and is not made', async () => {
  const dir = join(temporaryDirectory(), 'none');
  expect(await campusEdge(['backup', '--home', dir])).toMatchObject({
    exitCode: 1,
    stderr: expect.stringContaining('not_found'),
  });
  expect(existsSync(dir)).toBe(false);
});

it('Ctrl-C leaves no half file', async () => {
  const home = await stoppedHome();
  enlarge(home.dir);
  const backups = join(home.dir, 'backups');
  expect(await interrupted(backups, ['backup', '--home', home.dir])).toEqual({
    code: 1,
    printed: '\nGiven up; nothing was left behind.\n',
  });
  expect(readdirSync(backups)).toEqual([]);
});

it.skipIf(!isRoot)('a disk without room is one clear line, and nothing is left on it', async () => {
  const home = await stoppedHome();
  enlarge(home.dir);
  const disk = join(temporaryDirectory(), 'disk');
  mkdirSync(disk);
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=100m', 'tmpfs', disk]);
  onTestFinished(() => void execFileSync('umount', ['--lazy', disk]));
  const outcome = await campusEdge(['backup', '--out', join(disk, 'b.tar.zst'), '--home', home.dir]);
  expect(outcome).toMatchObject({
    exitCode: 1,
    stderr: expect.stringMatching(/^campus-edge: disk_full: expected \d+ MB free on the disk of .*, got \d+ MB: .*\n$/),
  });
  expect(readdirSync(disk)).toEqual([]);
});

it('beside a running gateway everything goes through it, and leaves its trace there', async () => {
  const product: Product = await startProduct();
  const home = product.home;
  const backup = product.command('backup', '--json');
  expect(backup).toMatchObject({ code: 0, stderr: '' });
  const { file } = JSON.parse(backup.stdout) as MadeBackup;
  expect(existsSync(file)).toBe(true);

  const refused = product.command('restore', file, '--force');
  expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining('home_locked: the gateway of') });

  await until('there are measurements', async () => {
    const { series } = await product.get<{ series: object[] }>('series?measurement=system&field=uptime_seconds');
    return series.length > 0;
  });
  const out = join(temporaryDirectory(), 'system.csv');
  const range = ['--from', '2020-01-01', '--to', '2100-01-01'];
  const exported = product.command('store', 'export', '--measurement', 'system', ...range, '--out', out);
  expect(exported).toMatchObject({ code: 0, stderr: '' });
  expect(exported.stdout).toMatch(/^\d+ rows written to /);
  expect(readFileSync(out, 'utf8')).toMatch(/^time,site,device,.*uptime_seconds/);
  expect(product.command('store', 'export', '--measurement', 'system', ...range, '--out', out)).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('already_exists'),
  });

  enlarge(home);
  const outcome = await interrupted(join(home, 'backups'), ['backup', '--home', home]);
  expect(outcome).toEqual({ code: 1, printed: '\nGiven up; nothing was left behind.\n' });
  expect(readdirSync(join(home, 'backups'))).toHaveLength(1);

  const { tokens } = await product.get<{ tokens: { name: string }[] }>('tokens');
  expect(tokens.map(({ name }) => name)).toEqual(['test']);
  const { audit } = await product.get<{ audit: { action: string; actor: string }[] }>('audit');
  const traces = audit.filter(({ action }) => /^(backup|store)\./.test(action)).map(({ action }) => action);
  expect(traces).toEqual(['backup.delete', 'store.export', 'backup.create']);
  expect(audit.find(({ action }) => action === 'store.export')?.actor).toMatch(/^cli:/);

  await product.stop();
  expect(existsSync(join(home, 'gateway', 'running.json'))).toBe(false);
  const parquet = join(temporaryDirectory(), 'system.parquet');
  const offline = product.command('store', 'export', '--measurement', 'system', ...range, '--out', parquet, '--json');
  expect(JSON.parse(offline.stdout)).toMatchObject({ file: parquet, format: 'parquet' });
  expect(readFileSync(parquet).subarray(0, 4).toString()).toBe('PAR1');
});
