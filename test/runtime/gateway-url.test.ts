import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readAgentConfig } from '../../agent/config.ts';
import { readFlowsConfig } from '../../flows/config.ts';
import { homeAt } from '../../runtime/home.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const processes = {
  agent: (url: string) => readAgentConfig(homeWith('agent', url)).agent.gateway,
  flows: (url: string) => readFlowsConfig(homeWith('flows', url).configFile).flows.gateway,
};

function homeWith(section: string, url: string) {
  const home = homeAt(temporaryDirectory());
  writeFileSync(join(home.dir, 'campus-edge.yaml'), `${section}: {gateway: "${url}"}`);
  return home;
}

describe.each(['agent', 'flows'] as const)('the gateway that the %s is told', (name) => {
  it.each([
    'mqtts://gateway.school.cn:8883',
    'mqtts://gateway',
    'mqtt://127.0.0.1:1883',
    'mqtt://[::1]',
    'mqtt://localhost/',
  ])('may be %s', (url) => expect(processes[name](url)).toBe(url));

  it.each([
    ['mqtt://127.0.0.1:99999', 'config_invalid'],
    ['mqtts://gateway:0', 'config_invalid'],
    ['mqtts://:8883', 'config_invalid'],
    ['mqtts://user:secret@gateway', 'config_invalid'],
    ['http://127.0.0.1', 'config_invalid'],
    ['mqtt://127.999.1.1', 'tls_required'],
    ['mqtt://192.168.1.5:1883', 'tls_required'],
  ])('may not be %s', (url, code) => {
    expect(() => processes[name](url)).toThrow(
      expect.objectContaining({ code, message: expect.stringContaining(`campus-edge.yaml: ${name}.gateway: `) }),
    );
  });
});
