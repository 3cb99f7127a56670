import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { overrideOf, readFlowsConfig } from '../../flows/config.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

function configFile(text: string): string {
  const path = join(temporaryDirectory(), 'campus-edge.yaml');
  writeFileSync(path, text);
  return path;
}

describe("the flows' configuration", () => {
  it('has a default for everything', () => {
    const { site, log, flows } = readFlowsConfig('/nonexistent/campus-edge.yaml');
    expect({ site, log, gateway: flows.gateway }).toEqual({
      site: 'school',
      log: { level: 'info' },
      gateway: undefined,
    });
  });

  it('replaces single settings of a rule and leaves the others to it', () => {
    const { flows } = readFlowsConfig(configFile('flows: {rules: {ipv6-lost: {for_seconds: 5}}}'));
    expect(overrideOf(flows.rules, 'ipv6-lost')).toEqual({ for_seconds: 5 });
    expect(overrideOf(flows.rules, 'memory-pressure')).toEqual({});
    expect(overrideOf(flows.rules, 'constructor')).toEqual({});
  });

  it.each([
    'mqtts://gateway.school.cn:8883',
    'mqtts://gateway',
    'mqtt://127.0.0.1:1883',
    'mqtt://localhost',
    'mqtt://[::1]:1883/',
  ])('takes the gateway %s', (url) => {
    expect(readFlowsConfig(configFile(`flows: {gateway: "${url}"}`)).flows.gateway).toBe(url);
  });

  it.each([
    'mqtt://10.0.0.1:1883',
    'mqtt://localhost.example.cn',
    'http://127.0.0.1',
    'mqtts://user:secret@gateway',
    'mqtts://',
    'gateway',
  ])('refuses the gateway %s', (url) => {
    expect(() => readFlowsConfig(configFile(`flows: {gateway: "${url}"}`))).toThrow(/flows\.gateway: expected mqtts:/);
  });

  it.each([
    ['{rules: {ipv6-lost: {raise: 1}}}', /flows\.rules\.ipv6-lost/],
    [
      '{rules: {link-saturated: {clear: 95}}}',
      /flows\.rules\.link-saturated\.clear: expected at most raise \(90\), got 95/,
    ],
    [
      '{rules: {link-saturated: {raise: "much"}}}',
      /flows\.rules\.link-saturated\.raise: expected percent, 0 to 100, got "much"/,
    ],
    ['{rules: {device-offline: {enabled: 1}}}', /flows\.rules\.device-offline\.enabled: expected true or false, got 1/],
    ['{nonsense: 1}', /flows/],
  ])('refuses %s', (text, message) => {
    expect(() => readFlowsConfig(configFile(`flows: ${text}`))).toThrow(message);
  });
});
