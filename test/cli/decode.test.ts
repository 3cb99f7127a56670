import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fixture } from '../agent/tree.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { campusEdge } from './invocation.ts';

function captured(text: string | Uint8Array): string {
  const file = join(temporaryDirectory(), 'capture.txt');
  writeFileSync(file, text);
  return file;
}

describe('decode', () => {
  it('prints what the agent would report, and what it does not understand', async () => {
    const file = captured(fixture('cellular/fibocom-fm350.txt'));
    const english = await campusEdge(['decode', 'cellular', file]);
    expect(english).toMatchObject({ exitCode: 0, stderr: '' });
    expect(english.stdout).toContain('  technology = en-dc\n');
    expect(english.stdout).toContain('cellular_carrier carrier=secondary-1\n');
    expect(english.stdout).toMatch(/Not understood:\nline {2}field +value\n6 +\+GTCCINFO ssRsrp +396\n/);
    const chinese = await campusEdge(['decode', 'cellular', file, '--lang', 'zh-CN']);
    expect(chinese.stdout).toContain('未能理解：');
  });

  it('--json has the points as on the wire, and names every unknown field and error', async () => {
    const file = captured(`${fixture('cellular/huawei-lte.txt')}AT+XYZ?\n+XYZ: 7\n\nOK\nAT+CSQ\n+CSQ: 23`);
    const { exitCode, stdout } = await campusEdge(['decode', 'cellular', file, '--json']);
    expect(exitCode).toBe(0);
    const report = JSON.parse(stdout);
    expect(report).toMatchObject({
      collector: 'cellular',
      metrics: [
        { name: 'cellular', tags: {}, fields: { technology: 'lte', rsrp_dbm: -93 } },
        { name: 'cellular_carrier', tags: { carrier: 'primary' } },
      ],
      not_understood: [{ line: 14, field: '+XYZ', value: '+XYZ: 7' }],
    });
    expect(report.errors).toEqual([
      { code: 'parse_failed', message: '+CSQ line 18: expected at least 2 parameters, got "+CSQ: 23"' },
      { code: 'parse_failed', message: 'AT+CSQ line 18: expected OK or an error behind the answer, got nothing' },
    ]);
  });

  it('reads standard input, and what other collectors read', async () => {
    const devices = await campusEdge(['decode', 'network', '-', '--json'], { stdin: fixture('network/dev') });
    expect(JSON.parse(devices.stdout).metrics).toHaveLength(4);
    const addresses = await campusEdge(['decode', 'ipv6', '-', '--json'], { stdin: fixture('ipv6/if_inet6') });
    expect(JSON.parse(addresses.stdout).metrics[0]).toMatchObject({ name: 'ipv6' });
  });

  it('says nothing of identities in the capture', async () => {
    const file = captured(
      'AT+CIMI\n460010123456789\n\nOK\nAT+CGSN\n869900001234567\n\nOK\n869900001234567\n+CNUM: ,"+8613800000000",145\n',
    );
    const { exitCode, stdout } = await campusEdge(['decode', 'cellular', file, '--json']);
    expect(exitCode).toBe(1);
    expect(stdout).not.toMatch(/\d{9}/);
  });

  it('answers with 1 when the agent would report nothing', async () => {
    const { exitCode, stdout } = await campusEdge(['decode', 'cellular', captured('AT+QCFG="band"\n+CME ERROR: 4\n')]);
    expect(exitCode).toBe(1);
    expect(stdout).toContain('The agent would report nothing.');
    expect(stdout).toContain('modem_refused: AT+QCFG="band": +CME ERROR: 4');
    const other = await campusEdge(['decode', 'network', captured('eth0: 1 2 3\n'), '--json']);
    expect(other.exitCode).toBe(1);
    expect(JSON.parse(other.stdout).errors[0].code).toBe('parse_failed');
  });

  it.each([
    ['an empty file', ' \n', 'is empty'],
    ['a file that is no text', Uint8Array.of(1, 0, 2), 'is no text: it has zero bytes'],
    ['a huge file', 'x'.repeat(3 * 1024 * 1024), 'is larger than 2 MiB'],
  ])('refuses %s', async (_what, content, message) => {
    const { exitCode, stderr } = await campusEdge(['decode', 'cellular', captured(content)]);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(message);
  });

  it('refuses an unknown collector, and a file that is not there', async () => {
    expect(await campusEdge(['decode', 'modem', '-'])).toMatchObject({
      exitCode: 2,
      stderr:
        'campus-edge: usage: unknown collector "modem": expected one of cellular, ipv6, neighbours, wifi, network\n',
    });
    const gone = await campusEdge(['decode', 'cellular', '/nowhere/x', '--lang', 'zh-CN']);
    expect(gone.exitCode).toBe(2);
    expect(gone.stderr).toContain('无法读取 /nowhere/x');
  });
});
