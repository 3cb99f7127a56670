import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openHome } from '../../runtime/home.ts';
import { GatewayProcess } from '../integration/agent/gateway-process.ts';
import { badFindings } from './findings.ts';

// `npm run testssl`: has Debian's testssl.sh look at every TLS port of a new gateway, which takes some three minutes. A command of its own, and
// no test: the tool is large and slow. Exits with 1 when a finding is worse than low.

const dir = mkdtempSync(join(tmpdir(), 'campus-edge-testssl-'));
const gateway = await GatewayProcess.start(openHome(join(dir, 'home')).dir);
let bad = 0;
try {
  for (const [name, port] of [['MQTT', gateway.mqttsPort] as const, ['HTTPS', gateway.httpsPort] as const]) {
    const json = join(dir, `${name}.json`);
    const authority = join(gateway.home, 'pki/ca.crt');
    const args = ['--quiet', '--color', '0', '--warnings', 'off', '--add-ca', authority, '--jsonfile', json];
    spawnSync('testssl', [...args, `localhost:${port}`], { stdio: 'ignore' });
    const findings = badFindings(readFileSync(json, 'utf8'));
    bad += findings.length;
    console.log(`${name} on port ${port}: ${findings.length} findings worse than low`);
    for (const { severity, id, finding } of findings) console.log(`  ${severity} ${id}: ${finding}`);
  }
} finally {
  await gateway.end();
  rmSync(dir, { recursive: true });
}
process.exitCode = bad === 0 ? 0 : 1;
