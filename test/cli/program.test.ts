import { describe, expect, it } from 'vitest';
import { version } from '../../runtime/version.ts';
import { commandPaths, helpOf } from '../tidy/reference/cli.ts';
import { campusEdge } from './invocation.ts';

const commands = commandPaths().map((path) => ({ path, name: ['campus-edge', ...path].join(' ') }));
const leaves = commands.filter(
  ({ path }) =>
    !commands.some((other) => other.path.length === path.length + 1 && other.path.join().startsWith(path.join())),
);

describe('help', () => {
  it('names every command', () => {
    expect(commands.map(({ name }) => name)).toEqual([
      'campus-edge',
      'campus-edge up',
      'campus-edge agent',
      'campus-edge gateway',
      'campus-edge flows',
      'campus-edge enroll',
      'campus-edge backup',
      'campus-edge restore',
      'campus-edge check',
      'campus-edge baseline',
      'campus-edge decode',
      'campus-edge throughput',
      'campus-edge device',
      'campus-edge device add',
      'campus-edge device list',
      'campus-edge device revoke',
      'campus-edge join-token',
      'campus-edge join-token create',
      'campus-edge join-token list',
      'campus-edge join-token revoke',
      'campus-edge join-request',
      'campus-edge join-request list',
      'campus-edge join-request approve',
      'campus-edge join-request reject',
      'campus-edge ca',
      'campus-edge ca fingerprint',
      'campus-edge user',
      'campus-edge user add',
      'campus-edge user passwd',
      'campus-edge user list',
      'campus-edge token',
      'campus-edge token create',
      'campus-edge token list',
      'campus-edge token revoke',
      'campus-edge ban',
      'campus-edge ban list',
      'campus-edge ban lift',
      'campus-edge store',
      'campus-edge store copy',
      'campus-edge store export',
      'campus-edge audit',
      'campus-edge audit verify',
      'campus-edge audit export',
      'campus-edge privacy',
      'campus-edge privacy erase',
      'campus-edge privacy report',
      'campus-edge config',
      'campus-edge config check',
    ]);
  });

  it.each(commands)('of $name is printed in both languages', async ({ path, name }) => {
    const english = await helpOf(path, 'en');
    const chinese = await helpOf(path, 'zh-CN');
    expect(english).toContain(`Usage: ${name}`);
    expect(english).not.toMatch(/\p{Script=Han}/u);
    expect(chinese).toContain(`用法： ${name}`);
    // What is left of English there are names: commands, options, files, values.
    expect(chinese).not.toMatch(/\b(Usage|Options|Commands|Arguments|Example|show|print|the)\b/);
    expect((await campusEdge([...path, '--help'])).exitCode).toBe(0);
  });

  it.each(leaves)('of $name has an example that begins with the command', async ({ path, name }) => {
    const example = (await helpOf(path)).split('Example:\n')[1];
    expect(example).toMatch(new RegExp(`^  (\\w+=\\d+ )?${name}\\b`));
  });

  it('is in the language of the locale', async () => {
    expect((await campusEdge(['--help'], { env: { LANG: 'zh_CN.UTF-8' } })).stdout).toContain('用法');
  });
});

describe('wrong use', () => {
  it.each([
    [['nonsense'], "unknown command 'nonsense'", '未知命令'],
    [['device', 'ad'], "unknown command 'ad' (Did you mean add?)", '未知命令'],
    [['up', '--fast'], "unknown option '--fast'", '未知选项'],
    [['device', 'add'], "missing required argument 'id'", '缺少参数'],
    [['device', 'add', 'a', 'b'], 'too many arguments', '参数过多'],
    [['token', 'create'], "required option '--role <role>' not specified", '缺少必需的选项'],
    [
      ['token', 'create', '--role', 'king'],
      "argument 'king' is invalid. Allowed choices are viewer, operator, admin, auditor",
      '选项的值无效',
    ],
    [['device', 'list', '--home'], 'argument missing', '选项缺少值'],
    [['store', 'copy', '--from', 'duckdb'], "required option '--to <location>' not specified", '缺少必需的选项'],
    [['store', 'copy', '--since', 'monday'], 'Expected a day such as 2026-03-01', '应为日期'],
  ])('%j is one line on standard error and exit code 2', async (argv, english, chinese) => {
    const inEnglish = await campusEdge(argv);
    expect(inEnglish).toMatchObject({ exitCode: 2, stdout: '' });
    expect(inEnglish.stderr).toMatch(/^campus-edge: usage: .+; see campus-edge --help\n$/);
    expect(inEnglish.stderr).toContain(english);
    const inChinese = await campusEdge(argv, { env: { LC_ALL: 'zh_CN.UTF-8' } });
    expect(inChinese).toMatchObject({ exitCode: 2, stdout: '' });
    expect(inChinese.stderr).toMatch(/^campus-edge: usage: .+\n$/);
    expect(inChinese.stderr).toContain(chinese);
  });

  it('of a language that there is not is refused', async () => {
    expect((await campusEdge(['--lang', 'tlh', 'up'])).stderr).toContain('Allowed choices are zh-CN, en');
  });

  it.each([[[]], [['device']], [['config']]])('%j shows the help and exits with 2', async (argv) => {
    const { exitCode, stdout, stderr } = await campusEdge(argv);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toContain('Commands:');
  });
});

describe('--version', () => {
  it('is that of the product', async () => {
    expect(await campusEdge(['--version'])).toEqual({ exitCode: 0, stdout: `${version}\n`, stderr: '' });
  });
});
