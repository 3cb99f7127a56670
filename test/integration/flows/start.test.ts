import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { freePort } from '../../support/free-port.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { until } from '../../support/until.ts';
import { FlowsProcess, flowsHome } from './flows-process.ts';
import { credentials, GatewayStandIn } from './gateway-stand-in.ts';

describe('the start of flows', () => {
  it('waits for the credentials that the gateway is about to write', async () => {
    const gateway = await GatewayStandIn.open();
    const home = temporaryDirectory();
    mkdirSync(join(home, 'flows'));
    const flows = new FlowsProcess(home, gateway.port);
    setTimeout(() => writeFileSync(join(home, 'flows', 'credentials.json'), JSON.stringify(credentials)), 1000);
    await flows.ready();
  });

  it('waits for the gateway', async () => {
    const port = await freePort();
    const flows = new FlowsProcess(flowsHome(temporaryDirectory()), port);
    await until('flows look for the gateway', () => flows.output.includes('not connected to the gateway'));
    await GatewayStandIn.open({ port });
    await flows.ready();
  });

  it('ends at once when it is told to while it waits', async () => {
    const port = await freePort();
    const flows = new FlowsProcess(flowsHome(temporaryDirectory()), port);
    await until('flows look for the gateway', () => flows.output.includes('not connected to the gateway'));
    const began = performance.now();
    expect(await flows.end('SIGTERM')).toBe(0);
    expect(performance.now() - began).toBeLessThan(10_000);
  });

  it('says who is refused when the credentials are wrong, and goes on when they are right', async () => {
    const gateway = await GatewayStandIn.open();
    const home = flowsHome(temporaryDirectory());
    const file = join(home, 'flows', 'credentials.json');
    writeFileSync(file, JSON.stringify({ ...credentials, password: 'open-sesame' }));
    const flows = new FlowsProcess(home, gateway.port);
    await until('the refusal', () => flows.output.includes('refuses the credentials of school/flows'));
    expect(flows.output).not.toContain('open-sesame');
    writeFileSync(file, JSON.stringify(credentials));
    await flows.ready();
  });

  it.each([
    ['flows: {rules: {disk-full: {}}}', /flows\.rules\.disk-full: unknown key, expected one of device-offline, /],
    [
      'flows: {rules: {disk-nearly-full: {raise: 80}}}',
      /flows\.rules\.disk-nearly-full\.clear: expected at most raise \(80\), got 85/,
    ],
    [
      'flows: {rules: {device-offline: {timeout_seconds: 1}}}',
      /flows\.rules\.device-offline\.timeout_seconds: expected seconds, 5 to 86400, got 1/,
    ],
    ['flows: {gateway: "mqtt://school.example:1883"}', /flows\.gateway: expected mqtts:\/\/ for school\.example/],
    ['flows: {gateway: "mqtt://127.0.0.1:99999"}', /flows\.gateway: expected mqtts:\/\/host\[:port\]/],
  ])('refuses the configuration %s', async (config, message) => {
    const flows = new FlowsProcess(flowsHome(temporaryDirectory(), { config }), 1);
    expect(await flows.exitCode()).toBe(2);
    expect(flows.output).toMatch(message);
  });
});
