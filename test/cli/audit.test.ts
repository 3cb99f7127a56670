import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { campusEdge } from './invocation.ts';

/** A home whose audit log has three rows. */
async function administeredHome(): Promise<string> {
  const home = temporaryDirectory();
  for (const name of ['wang', 'li', 'zhao']) {
    await campusEdge(['user', 'add', name, '--role', 'viewer', '--generate', '--home', home]);
  }
  return home;
}

function tamper(home: string, sql: string): void {
  const db = new DatabaseSync(join(home, 'gateway', 'registry.sqlite'));
  db.exec(`DROP TRIGGER audit_never_changed; DROP TRIGGER audit_kept; DROP TRIGGER audit_deleted; ${sql}`);
  db.close();
}

describe('audit verify', () => {
  it('says that the log is whole, and what to compare with next time', async () => {
    const home = await administeredHome();
    const { exitCode, stdout } = await campusEdge(['audit', 'verify', '--home', home]);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^The audit log is whole: 3 rows\. .* 3:[0-9a-f]{64}\n$/);
    const { head, ...rest } = JSON.parse((await campusEdge(['audit', 'verify', '--json', '--home', home])).stdout);
    expect(rest).toEqual({ ok: true, rows: 3, first: 1 });
    expect((await campusEdge(['audit', 'verify', '--known', head, '--home', home])).exitCode).toBe(0);
    const other = `2:${head.slice(2)}`;
    expect(await campusEdge(['audit', 'verify', '--known', other, '--json', '--home', home])).toMatchObject({
      exitCode: 1,
      stdout: expect.stringContaining('"broken":{"row":2,"reason":"replaced"}'),
    });
  });

  it('says of a home where nothing was ever written down that there is no log, not that it is whole', async () => {
    const home = temporaryDirectory();
    await campusEdge(['user', 'list', '--home', home]);
    for (const command of [['verify'], ['export', '--out', join(home, 'audit.log')]]) {
      const { exitCode, stdout, stderr } = await campusEdge(['audit', ...command, '--home', home]);
      expect(exitCode).not.toBe(0);
      expect(stdout).toBe('');
      expect(stderr).toContain('not_found');
    }
  });

  it('names the first row that was changed, in both languages, and fails', async () => {
    const home = await administeredHome();
    tamper(home, "UPDATE audit SET detail = 'role admin' WHERE id = 2");
    expect(await campusEdge(['audit', 'verify', '--home', home])).toMatchObject({
      exitCode: 1,
      stdout: 'The audit log is broken at row 2: its content does not fit its hash. The 1 rows before it are whole.\n',
      stderr: '',
    });
    expect(await campusEdge(['audit', 'verify', '--lang', 'zh-CN', '--home', home])).toMatchObject({
      exitCode: 1,
      stdout: '审计日志在第 2 行损坏：内容与其散列值不符。此前 1 行完整。\n',
    });
  });

  it('notices that the newest rows are gone', async () => {
    const home = await administeredHome();
    tamper(home, 'DELETE FROM audit WHERE id > 1');
    expect(JSON.parse((await campusEdge(['audit', 'verify', '--json', '--home', home])).stdout)).toMatchObject({
      ok: false,
      rows: 1,
      broken: { row: 3, reason: 'truncated' },
    });
  });

  it('is used wrongly with a place that is none, and finds no log in a home that never ran', async () => {
    expect(await campusEdge(['audit', 'verify', '--known', '3:abc'])).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('usage'),
    });
    expect(await campusEdge(['audit', 'verify', '--home', temporaryDirectory()])).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('not_found'),
    });
  });
});

describe('audit export', () => {
  it('writes syslog without names, or JSON with them, to a file of its own', async () => {
    const home = await administeredHome();
    const [log, json] = [join(home, 'audit.log'), join(home, 'audit.jsonl')];
    expect(await campusEdge(['audit', 'export', '--out', log, '--home', home])).toMatchObject({
      exitCode: 0,
      stdout: `3 rows written to ${log}\n`,
    });
    const lines = readFileSync(log, 'utf8').trimEnd().split('\n');
    expect(lines).toHaveLength(3);
    expect(lines[0]).toMatch(
      /^<110>1 \S+Z \S+ campus-edge - user\.add - CEF:0\|.* duser=~[0-9a-f]{16} .*cs1=[0-9a-f]{64}$/,
    );
    expect(lines.join('')).not.toMatch(/wang|zhao/);
    expect(statSync(log).mode & 0o777).toBe(0o600);
    const options = ['--format', 'json', '--names', '--out', json, '--home', home];
    expect((await campusEdge(['audit', 'export', ...options])).exitCode).toBe(0);
    const rows = readFileSync(json, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(rows.map(({ id, action, target_name }) => [id, action, target_name])).toEqual([
      [1, 'user.add', 'wang'],
      [2, 'user.add', 'li'],
      [3, 'user.add', 'zhao'],
      [4, 'audit.export', ''],
    ]);
    expect(await campusEdge(['audit', 'export', ...options])).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('already_exists'),
    });
  });

  it('keeps to a span of time', async () => {
    const home = await administeredHome();
    const out = join(home, 'none.log');
    await campusEdge(['audit', 'export', '--to', '2020-01-01', '--out', out, '--home', home]);
    expect(readFileSync(out, 'utf8')).toBe('');
  });
});
