import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { isRoot } from '../../support/root.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { until } from '../../support/until.ts';
import { Namespace } from './namespace.ts';

const program = fileURLToPath(new URL('../../../cli/campus-edge.js', import.meta.url));

interface Report {
  results: { id: string; verdicts: { outcome: string; evidence?: { en: string } }[] }[];
}

describe.runIf(isRoot)('the baseline self-check of a machine', () => {
  it('finds what listens, on the address family where it listens', async () => {
    const space = new Namespace();
    space.start('socat', 'TCP4-LISTEN:21,fork', 'SYSTEM:true');
    space.start('socat', 'TCP6-LISTEN:2323,ipv6only=1,fork', 'SYSTEM:true');
    space.start('socat', 'TCP6-LISTEN:2324,bind=[::1],fork', 'SYSTEM:true');
    space.start('socat', 'UDP6-LISTEN:161,ipv6only=1,fork', 'SYSTEM:true');
    await until('all listen', () => space.exec('ss', '-Hlntu').trim().split('\n').length === 4);
    const home = temporaryDirectory();
    const { stdout, status } = spawnSync(
      'ip',
      ['netns', 'exec', space.name, process.execPath, program, 'baseline', '--json', '--home', home],
      { encoding: 'utf8' },
    );
    expect(status).toBe(1);
    const { results } = JSON.parse(stdout) as Report;
    const found = (id: string): string[] =>
      results
        .filter((result) => result.id === id)
        .flatMap(({ verdicts }) => verdicts.map(({ outcome, evidence }) => `${outcome}: ${evidence?.en}`));
    expect(found('high-risk-ports-ipv4')).toEqual(['failed: FTP (tcp/21) listens on IPv4']);
    expect(found('high-risk-ports-ipv6')).toEqual(['failed: SNMP (udp/161) listens on IPv6']);
    expect(found('listening-ipv4')).toEqual(['met: open: tcp/21']);
    expect(found('listening-ipv6')).toEqual(['failed: tcp/2323 listens on IPv6']);
  });
});
