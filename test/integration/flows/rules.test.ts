import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { DeviceState } from '../../../contract/state.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { until } from '../../support/until.ts';
import { FlowsProcess, flowsHome } from './flows-process.ts';
import { GatewayStandIn } from './gateway-stand-in.ts';

const quick = 'flows: {rules: {disk-nearly-full: {for_seconds: 1}, ipv6-lost: {for_seconds: 1}}}';
const disk = (used: number, fields = {}) => ({
  name: 'disk',
  tags: { mount: '/srv/视频' },
  fields: { used_percent: used, read_only: false, ...fields },
});
const ipv6 = (level: number, tags = {}) => ({ name: 'ipv6', tags, fields: { level } });
const online: DeviceState = { online: true, since: 1, boot: 'run-one', version: '0.1.0' };

async function start(config = quick): Promise<{ gateway: GatewayStandIn; flows: FlowsProcess; home: string }> {
  const gateway = await GatewayStandIn.open();
  const home = flowsHome(temporaryDirectory(), { config });
  const flows = await new FlowsProcess(home, gateway.port).ready();
  return { gateway, flows, home };
}

/** Reports a value every 200 ms, as a device does, until the gateway has what is waited for. */
async function reporting(what: string, report: () => Promise<void>, until_: () => boolean): Promise<void> {
  await until(
    what,
    async () => {
      await report();
      return until_();
    },
    { everyMs: 200 },
  );
}

describe('the shipped rules', () => {
  it('raise an alert that explains itself in both languages, and clear it', async () => {
    const { gateway, flows } = await start();
    await reporting(
      'the alert',
      () => gateway.telemetry('room-101', [disk(93.14)]),
      () => gateway.open().length > 0,
    );
    expect(gateway.open()).toMatchObject([
      {
        rule: 'disk-nearly-full',
        device: 'room-101',
        subject: '/srv/视频',
        class: 'facility-fault',
        sub_class: '技术故障',
        level: 4,
        evidence: { measurement: 'disk', field: 'used_percent', value: 93.14, threshold: 90 },
      },
    ]);
    const [alert] = gateway.open();
    expect(alert?.summary['zh-CN']).toMatch(/^room-101 的磁盘 \/srv\/视频 快满了：已用 93.1%，超过 90% 已有 [12] 秒。/);
    expect(alert?.summary.en).toMatch(
      /^Disk \/srv\/视频 of room-101 is nearly full: 93.1% used, above 90% for [12] s\./,
    );
    expect(alert?.evidence.for_seconds).toBeGreaterThanOrEqual(1);

    await gateway.telemetry('room-101', [disk(40)]);
    await until('the alert is cleared', () => gateway.open().length === 0);
    expect(gateway.asked('disk-nearly-full')).toEqual(['raise', 'clear']);
    expect(flows.output).not.toMatch(/"level":(40|50|60)/);
  });

  it('leave out what is read-only, replayed or long ago', async () => {
    const { gateway } = await start();
    const report = async (): Promise<void> => {
      await gateway.telemetry('room-1', [disk(99, { read_only: true })]);
      await gateway.telemetry('room-2', [disk(99)], { replayed: true, boot: 'run-number-2', seq: 1 });
      await gateway.telemetry('room-3', [{ ...disk(99), timestamp: Date.now() - 180_000 }]);
      await gateway.telemetry('room-4', [disk(99)]);
    };
    await reporting('the alert of the one that is neither', report, () => gateway.open().length > 0);
    expect(gateway.open().map(({ device }) => device)).toEqual(['room-4']);
  });

  it('are not disturbed by messages that break the contract', async () => {
    const { gateway } = await start();
    const topic = 'campus/v1/school/room-1/telemetry';
    for (const payload of [
      '',
      '{',
      'null',
      '[]',
      '{"metrics":7}',
      '{"metrics":[{"name":"disk","fields":{"used_percent":1e400}}]}',
    ]) {
      await gateway.raw(topic, payload);
    }
    await gateway.raw(topic, Buffer.from([0xff, 0xfe]));
    await gateway.raw('campus/v1/school/alerts/alert-1', '{"state":"open"}');
    await gateway.raw('campus/v1/school/room-1/state', '{"online":"perhaps"}');
    await reporting(
      'the alert',
      () => gateway.telemetry('room-1', [disk(99)]),
      () => gateway.open().length > 0,
    );
  });

  it('do what the configuration says in place of their own settings', async () => {
    const { gateway } = await start(
      'flows: {rules: {disk-nearly-full: {raise: 50, clear: 40, for_seconds: 0}, memory-pressure: {enabled: false, for_seconds: 0}}}',
    );
    await gateway.telemetry('room-1', [{ fields: { memory_used_percent: 99 } }, disk(51)]);
    await until('the alert', () => gateway.open().length > 0);
    expect(gateway.open()).toMatchObject([{ rule: 'disk-nearly-full', evidence: { threshold: 50 } }]);
    await gateway.telemetry('room-1', [disk(39)]);
    await until('the alert is cleared', () => gateway.open().length === 0);
    expect(gateway.asked('memory-pressure')).toEqual([]);
  });
});

describe('device offline', () => {
  it('misses a device whose will comes, and finds it again', async () => {
    const { gateway } = await start();
    await gateway.state('room-101', online);
    await gateway.state('room-101', { ...online, online: false });
    await until('the alert', () => gateway.open().length > 0);
    expect(gateway.open()).toMatchObject([{ rule: 'device-offline', device: 'room-101', subject: '', level: 4 }]);
    expect(gateway.open()[0]?.summary['zh-CN']).toContain('room-101 离线');
    await gateway.state('room-101', { ...online, boot: 'run-two' });
    await until('the alert is cleared', () => gateway.open().length === 0);
  });

  it('learns at its start who is gone, and who was told to go', async () => {
    const gateway = await GatewayStandIn.open();
    await gateway.state('room-1', { ...online, online: false });
    await gateway.state('room-2', { ...online, online: false, planned: true });
    await gateway.state('room-3', online);
    await new FlowsProcess(flowsHome(temporaryDirectory()), gateway.port).ready();
    await until('the alert', () => gateway.open().length > 0);
    expect(gateway.open().map(({ device }) => device)).toEqual(['room-1']);
  });
});

describe('IPv6 lost', () => {
  it('misses what the device as a whole had, and nothing that it never had', async () => {
    const { gateway } = await start();
    await gateway.telemetry('room-1', [ipv6(3), ipv6(2, { interface: 'eth0' })]);
    const report = async (): Promise<void> => {
      await gateway.telemetry('room-1', [ipv6(1)]);
      await gateway.telemetry('room-2', [ipv6(1)]);
    };
    await reporting('the alert', report, () => gateway.open().length > 0);
    expect(gateway.open()).toMatchObject([
      { rule: 'ipv6-lost', device: 'room-1', evidence: { value: 1, threshold: 3 } },
    ]);
    await gateway.telemetry('room-1', [ipv6(3)]);
    await until('the alert is cleared', () => gateway.open().length === 0);
  });
});

describe('the further kinds of rules', () => {
  const point = (name: string, tags: Record<string, string>, fields: Record<string, number | boolean>) => ({
    name,
    tags,
    fields,
  });

  it('tell a flapping link as one alert, and know after a restart what was counted', async () => {
    const { gateway, flows, home } = await start(
      'flows: {rules: {link-flapping: {raise: 4}, link-down: {enabled: false}}}',
    );
    const link = (up: boolean, agoMs = 0): Promise<void> => {
      const fields = { carrier: up, virtual: false };
      const timestamp = Date.now() - agoMs;
      return gateway.telemetry('room-1', [{ ...point('network', { interface: 'eth0' }, fields), timestamp }]);
    };
    await link(true, 3000);
    await link(false, 2000);
    await link(true, 1000);
    const file = join(home, 'flows', 'state-changes.json');
    await until('the changes are written', () => existsSync(file) && readFileSync(file, 'utf8').split(',').length >= 3);
    expect(gateway.asked('link-flapping')).toEqual([]);
    await flows.end('SIGKILL');
    await new FlowsProcess(home, gateway.port).ready();
    let up = true;
    await reporting(
      'the alert',
      () => {
        up = !up;
        return link(up);
      },
      () => gateway.open().length > 0,
    );
    expect(gateway.open()).toMatchObject([
      {
        rule: 'link-flapping',
        device: 'room-1',
        subject: 'eth0',
        evidence: { value_is: 'count', value: 4, threshold: 4, window_seconds: 600 },
      },
    ]);
    expect(gateway.asked('link-flapping')).toEqual(['raise']);
  });

  it('tell that many devices are offline, beside each of them', async () => {
    const { gateway } = await start('flows: {rules: {many-devices-offline: {for_seconds: 0}}}');
    for (const room of [1, 2, 3, 4, 5]) await gateway.state(`room-${room}`, { ...online, online: room > 2 });
    await until('the alerts', () => gateway.open().length === 3);
    const many = gateway.open().find(({ rule }) => rule === 'many-devices-offline');
    expect(many).toMatchObject({ device: 'room-1', evidence: { value: 40, value_is: 'share' } });
    expect(many?.summary.en).toContain('2 of 5 devices (40%)');
    for (const room of [1, 2]) await gateway.state(`room-${room}`, { ...online, boot: 'run-two' });
    await until('the devices are back', () => gateway.open().every(({ rule }) => rule === 'many-devices-offline'));
  });

  it('hear the same where something else listens beside them', async () => {
    const gateway = await GatewayStandIn.open();
    const own = [
      { id: 'own-tab', type: 'tab', label: 'Mine' },
      {
        id: 'own-in',
        type: 'campus-in',
        z: 'own-tab',
        gateway: 'campus-connection',
        channel: 'telemetry',
        measurement: 'system',
        wires: [['own-debug', 'own-rule']],
      },
      { id: 'own-debug', type: 'debug', z: 'own-tab', active: true, complete: 'payload', wires: [] },
      {
        id: 'own-rule',
        type: 'campus-change',
        z: 'own-tab',
        rule: 'own-rule',
        measurement: 'system',
        field: 'cpu_count',
        normal: '4',
        class: 'other',
        level: 4,
        wires: [['own-out']],
      },
      { id: 'own-out', type: 'campus-alert-out', z: 'own-tab', gateway: 'campus-connection', wires: [] },
    ];
    // A node without a place would count as one that only holds settings.
    const placed = own.map((entry) => (entry.type === 'tab' ? entry : { ...entry, x: 100, y: 100 }));
    await new FlowsProcess(flowsHome(temporaryDirectory(), { flows: placed }), gateway.port).ready();
    await reporting(
      'the alert',
      () => gateway.telemetry('room-1', [{ fields: { cpu_count: 2 } }]),
      () => gateway.open().length > 0,
    );
    expect(gateway.open()).toMatchObject([{ rule: 'own-rule', evidence: { value: 2, expected: '4' } }]);
  });
});
