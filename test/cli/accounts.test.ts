import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { campusEdge } from './invocation.ts';

describe('device', () => {
  it('add --json prints one object with everything a client needs', async () => {
    const home = temporaryDirectory();
    const { exitCode, stdout } = await campusEdge(['device', 'add', 'projector-101', '--json', '--home', home], {
      env: { CAMPUS_MQTT_PORT: '21883' },
    });
    expect(exitCode).toBe(0);
    expect(stdout.trimEnd()).not.toContain('\n');
    expect(JSON.parse(stdout)).toEqual({
      site: 'school',
      username: 'school/projector-101',
      password: expect.stringMatching(/^[\w-]{32}$/),
      topic: 'campus/v1/school/projector-101/telemetry',
      url: 'mqtt://127.0.0.1:21883',
    });
  });

  it('add prints a line to paste, and takes the site from the configuration', async () => {
    const home = temporaryDirectory();
    writeFileSync(join(home, 'campus-edge.yaml'), 'site: no3-school\n');
    const { stdout } = await campusEdge(['--home', home, 'device', 'add', 'ap-1']);
    expect(stdout).toMatch(
      /^mosquitto_pub -h 127\.0\.0\.1 -p 1883 -q 1 -u no3-school\/ap-1 -P [\w-]{32} -t campus\/v1\/no3-school\/ap-1\/telemetry \\$/m,
    );
  });

  it('list, add again, --rotate and revoke tell the story of an account', async () => {
    const home = ['--home', temporaryDirectory()];
    const added = JSON.parse((await campusEdge(['device', 'add', 'ap-1', '--json', ...home])).stdout);
    expect(await campusEdge(['device', 'add', 'ap-1', ...home])).toMatchObject({
      exitCode: 1,
      stdout: '',
      stderr: expect.stringMatching(/^campus-edge: already_exists: school\/ap-1 .+\n$/),
    });
    const rotated = JSON.parse((await campusEdge(['device', 'add', 'ap-1', '--rotate', '--json', ...home])).stdout);
    expect(rotated.password).not.toBe(added.password);
    expect((await campusEdge(['device', 'revoke', 'ap-1', ...home])).exitCode).toBe(0);
    const { devices } = JSON.parse((await campusEdge(['device', 'list', '--json', ...home])).stdout);
    expect(devices).toEqual([{ id: 'ap-1', site: 'school', revoked: true, added_at: expect.any(Number) }]);
    const people = (await campusEdge(['device', 'list', ...home])).stdout;
    expect(people).toMatch(
      /^SITE +DEVICE +ACCOUNT +ADDED +LAST SEEN\nschool +ap-1 +revoked +\d{4}-\d\d-\d\dT[\d:]+Z +-\n$/,
    );
  });

  it.each([
    [['device', 'revoke', 'nobody'], 1, 'not_found'],
    [['device', 'add', 'a/b'], 2, 'request_invalid'],
    [['device', 'add', 'alerts'], 2, 'request_invalid'],
    [['device', 'add', '..'], 2, 'request_invalid'],
  ])('%j exits with %i', async (argv, exitCode, code) => {
    const home = ['--home', temporaryDirectory()];
    const outcome = await campusEdge([...argv, ...home]);
    expect(outcome).toMatchObject({ exitCode, stdout: '' });
    expect(outcome.stderr).toMatch(new RegExp(`^campus-edge: ${code}: [^\\n]+\\n$`));
    expect((await campusEdge([...argv, ...home, '--lang', 'zh-CN'])).stderr).toMatch(/\p{Script=Han}/u);
  });
});

describe('user', () => {
  it('add takes the password from a pipe and never prints it', async () => {
    const home = ['--home', temporaryDirectory()];
    const added = await campusEdge(['user', 'add', 'wang', '--role', 'operator', ...home], {
      stdin: 'correct horse\n',
    });
    expect(added).toEqual({ exitCode: 0, stdout: 'wang may sign in as operator\n', stderr: '' });
    const { users } = JSON.parse((await campusEdge(['user', 'list', '--json', ...home])).stdout);
    expect(users).toEqual([
      { name: 'wang', role: 'operator', created_at: expect.any(Number), password_changed_at: expect.any(Number) },
    ]);
    expect((await campusEdge(['user', 'list', ...home])).stdout).toMatch(/^wang +operator /m);
  });

  it('add --generate prints a password on the last line; passwd another', async () => {
    const home = ['--home', temporaryDirectory()];
    const first = await campusEdge(['user', 'add', 'zhao', '--role', 'viewer', '--generate', ...home]);
    const second = await campusEdge(['user', 'passwd', 'zhao', '--generate', '--json', ...home]);
    const shown = first.stdout.trimEnd().split('\n').at(-1);
    expect(shown).toMatch(/^[\w-]{16}$/);
    expect(JSON.parse(second.stdout)).toEqual({ name: 'zhao', password: expect.stringMatching(/^[\w-]{16}$/) });
    expect(second.stdout).not.toContain(shown);
  });

  it.each([
    [['user', 'add', 'li', '--role', 'viewer'], 'short\n', 2, 'request_invalid'],
    [['user', 'add', 'Li Si', '--role', 'viewer'], 'long enough\n', 2, 'request_invalid'],
    [['user', 'add', 'li', '--role', 'viewer'], '', 2, 'usage'],
    [['user', 'passwd', 'nobody'], 'long enough\n', 1, 'not_found'],
  ])('%j with %j on standard input exits with %i', async (argv, stdin, exitCode, code) => {
    const outcome = await campusEdge([...argv, '--home', temporaryDirectory()], { stdin });
    expect(outcome).toMatchObject({ exitCode, stdout: '' });
    expect(outcome.stderr).toMatch(new RegExp(`^campus-edge: ${code}: [^\\n]+\\n$`));
  });
});

describe('token', () => {
  it('create prints the token alone on the last line; list hides it; revoke ends it', async () => {
    const home = ['--home', temporaryDirectory()];
    const { stdout } = await campusEdge(['token', 'create', '--role', 'viewer', '--name', 'grafana', ...home]);
    const secret = stdout.trimEnd().split('\n').at(-1) ?? '';
    expect(secret).toMatch(/^cet_[\w-]{43}$/);
    const list = await campusEdge(['token', 'list', '--json', ...home]);
    expect(list.stdout).not.toContain(secret);
    expect(JSON.parse(list.stdout).tokens).toMatchObject([{ name: 'grafana', role: 'viewer' }]);
    expect((await campusEdge(['token', 'list', ...home])).stdout).toMatch(/grafana +viewer/);
    expect((await campusEdge(['token', 'revoke', 'grafana', ...home])).exitCode).toBe(0);
    expect(await campusEdge(['token', 'revoke', 'grafana', ...home])).toMatchObject({ exitCode: 1, stdout: '' });
    expect(JSON.parse((await campusEdge(['token', 'list', '--json', ...home])).stdout)).toEqual({ tokens: [] });
  });

  it('create --json is one object', async () => {
    const { stdout } = await campusEdge([
      'token',
      'create',
      '--role',
      'admin',
      '--json',
      '--home',
      temporaryDirectory(),
    ]);
    expect(JSON.parse(stdout)).toMatchObject({ role: 'admin', token: expect.stringMatching(/^cet_/) });
  });
});
