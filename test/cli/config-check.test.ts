import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { campusEdge } from './invocation.ts';

function homeWith(yaml: string): string {
  const home = temporaryDirectory();
  writeFileSync(join(home, 'campus-edge.yaml'), yaml);
  return home;
}

describe('config check', () => {
  it('says that a right file is right', async () => {
    const home = homeWith('site: no3-school\nlog: { level: debug }\n');
    expect(await campusEdge(['config', 'check', '--home', home])).toEqual({
      exitCode: 0,
      stdout: `${home}/campus-edge.yaml is valid\n`,
      stderr: '',
    });
  });

  it('needs no file and makes no home', async () => {
    const home = join(temporaryDirectory(), 'nowhere');
    const { exitCode, stdout } = await campusEdge(['config', 'check', '--home', home, '--lang', 'zh-CN']);
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: `${home}/campus-edge.yaml 不存在：使用默认配置\n` });
    expect(existsSync(home)).toBe(false);
  });

  it('--json prints what holds, defaults and all, without the password of a store', async () => {
    const mirrors =
      '["influxdb://me:se@cret@127.0.0.1:8086/campus", "influxdb2+https://secret@influx.example/org/bucket"]';
    const home = homeWith(`site: no3-school\ngateway: { mirrors: ${mirrors} }\n`);
    const { exitCode, stdout } = await campusEdge(['config', 'check', '--json', '--home', home]);
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      site: 'no3-school',
      log: { level: 'info' },
      gateway: {
        store: 'duckdb',
        mirrors: ['influxdb://…@127.0.0.1:8086/campus', 'influxdb2+https://…@influx.example/org/bucket'],
      },
      agent: expect.any(Object),
      flows: expect.any(Object),
    });
    expect(stdout).not.toContain('cret');
  });

  it.each([
    ['site: [', 'line'],
    ['site: School\n', 'site: expected the id of this site: 1 to 63 of a-z, 0-9 and -, got "School"'],
    ['sites: x\n', 'unknown key "sites", expected one of site, log, agent, gateway, flows'],
    ['log: { level: loud }\n', 'log.level: expected one of trace, debug, info, warn, error, got "loud"'],
    [
      'gateway: { retention: { security_days: 184 } }\n',
      'gateway.retention.security_days: expected days that measurements for the security log are kept, 185 to 36500, got 184',
    ],
    ['gateway: { store: mysql }\n', 'gateway.store: expected duckdb, or influxdb://'],
    ['gateway: { store: duckdb, mirrors: [duckdb] }\n', 'gateway.mirrors: expected stores other than gateway.store'],
    ['gateway: { mirrors: ["influxdb2://t0p@10.0.0.1/org/bucket"] }\n', 'expected influxdb2+https://'],
    [
      'gateway: { mirrors: ["influxdb2://t0p@127.0.0.1/bucket"] }\n',
      'expected influxdb2://[token@]host[:port]/org/bucket',
    ],
    ['gateway: { http: { host: 0.0.0.0 } }\n', 'gateway.http.host: expected a loopback address'],
    ['gateway: { http: { host: 127.999.1.1 } }\n', 'gateway.http.host: expected a loopback address'],
    ['flows: { gateway: "mqtt://127.0.0.1:99999" }\n', 'flows.gateway: expected mqtts://host[:port]'],
    [`site: &site school\nlog: [${'*site, '.repeat(20)}]\n`, 'expected at most 10 uses of YAML aliases'],
    ['site: *nowhere\n', 'nowhere'],
    ['agent: { colour: blue }\n', 'agent.colour: unknown key, expected one of '],
    ['flows: { colour: blue }\n', 'flows.colour: unknown key, expected one of '],
    ['42\n', 'got 42'],
  ])('%j is one line that says where, what came and what is allowed, and exit code 2', async (yaml, expected) => {
    const home = homeWith(yaml);
    const { exitCode, stdout, stderr } = await campusEdge(['config', 'check', '--home', home]);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toMatch(/^campus-edge: (config_invalid|tls_required): [^\n]+\n$/);
    expect(stderr).toContain(`${home}/campus-edge.yaml: `);
    expect(stderr).toContain(expected);
    expect(stderr).not.toContain('t0p');
    expect((await campusEdge(['config', 'check', '--home', home, '--lang', 'zh-CN'])).stderr).toMatch(
      /\p{Script=Han}/u,
    );
  });

  it('says so when the file is a directory', async () => {
    const home = temporaryDirectory();
    mkdirSync(join(home, 'campus-edge.yaml'));
    const { exitCode, stderr } = await campusEdge(['config', 'check', '--home', home]);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(
      /^campus-edge: config_invalid: [^\n]+campus-edge\.yaml: expected a file that can be read: EISDIR[^\n]*\n$/,
    );
  });
});
