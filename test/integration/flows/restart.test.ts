import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { until } from '../../support/until.ts';
import { FlowsProcess, flowsHome } from './flows-process.ts';
import { GatewayStandIn } from './gateway-stand-in.ts';

const config = 'flows: {rules: {disk-nearly-full: {for_seconds: 0}, ipv6-lost: {for_seconds: 0}}}';
const disk = (used: number) => ({
  name: 'disk',
  tags: { mount: '/' },
  fields: { used_percent: used, read_only: false },
});
const ipv6 = (level: number) => ({ name: 'ipv6', tags: {}, fields: { level } });

describe('flows that start anew', () => {
  it.each(['SIGTERM', 'SIGKILL'] as const)(
    'do not raise an open alert again after %s, and clear it',
    async (signal) => {
      const gateway = await GatewayStandIn.open();
      const home = flowsHome(temporaryDirectory(), { config });
      const first = await new FlowsProcess(home, gateway.port).ready();
      await gateway.telemetry('room-1', [disk(95)]);
      await until('the alert', () => gateway.open().length === 1);
      expect(await first.end(signal)).toBe(signal === 'SIGTERM' ? 0 : null);

      await new FlowsProcess(home, gateway.port).ready();
      await gateway.telemetry('room-1', [disk(96)]);
      // A second device's alert shows that the sample before it has been judged.
      await gateway.telemetry('room-2', [disk(97)]);
      await until('the alert of the second', () => gateway.open().length === 2);
      expect(gateway.requests.map(({ action, device }) => `${action} ${device}`)).toEqual([
        'raise room-1',
        'raise room-2',
      ]);

      await gateway.telemetry('room-1', [disk(20)]);
      await until('the alert is cleared', () => gateway.open().length === 1);
    },
  );

  it('remember what a device had, so that it is missed even when it went while nobody watched', async () => {
    const gateway = await GatewayStandIn.open();
    const home = flowsHome(temporaryDirectory(), { config });
    const first = await new FlowsProcess(home, gateway.port).ready();
    await gateway.telemetry('room-1', [ipv6(3)]);
    const file = join(home, 'flows', 'armed-levels.json');
    await until('the level is written down', () => existsSync(file) && readFileSync(file, 'utf8').includes('room-1'));
    await first.end('SIGKILL');

    await new FlowsProcess(home, gateway.port).ready();
    await gateway.telemetry('room-1', [ipv6(0)]);
    await until('the alert', () => gateway.open().length === 1);
    expect(gateway.open()).toMatchObject([{ rule: 'ipv6-lost', evidence: { value: 0, threshold: 3 } }]);
  });

  it('keep their files from other eyes', async () => {
    const gateway = await GatewayStandIn.open();
    const home = flowsHome(temporaryDirectory());
    const flows = await new FlowsProcess(home, gateway.port).ready();
    await flows.end('SIGTERM');
    for (const name of ['node-secrets.key', 'node-secrets.json', 'node-red.json']) {
      expect(statSync(join(home, 'flows', name)).mode & 0o777, name).toBe(0o600);
    }
  });
});

describe('a gateway that goes away', () => {
  it('is told afterwards how things stand, once', async () => {
    const gateway = await GatewayStandIn.open();
    const home = flowsHome(temporaryDirectory(), { config });
    const flows = await new FlowsProcess(home, gateway.port).ready();
    await gateway.telemetry('room-1', [disk(95)]);
    await until('the alert', () => gateway.open().length === 1);
    await gateway.close();
    await until('flows notice', () => flows.output.includes('not connected to the gateway'));

    const back = await GatewayStandIn.open({ port: gateway.port, alerts: gateway.alerts.values() });
    await until('flows are back', () => flows.output.split('"connected to the gateway"').length === 3);
    await back.telemetry('room-1', [disk(96)]);
    await back.telemetry('room-1', [disk(10)]);
    await until('the alert is cleared', () => back.open().length === 0);
    expect(back.requests.map(({ action }) => action)).toEqual(['clear']);
  });

  it('is believed when it says that an alert is gone', async () => {
    const gateway = await GatewayStandIn.open();
    const home = flowsHome(temporaryDirectory(), { config });
    const flows = await new FlowsProcess(home, gateway.port).ready();
    await gateway.telemetry('room-1', [disk(95)]);
    await until('the alert', () => gateway.open().length === 1);
    await gateway.close();
    await until('flows notice', () => flows.output.includes('not connected to the gateway'));

    const back = await GatewayStandIn.open({ port: gateway.port });
    await until('flows are back', () => flows.output.split('"connected to the gateway"').length === 3);
    await back.telemetry('room-1', [disk(96)]);
    await until('the alert is raised again', () => back.open().length === 1);
  });
});
