import { readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { until } from '../../support/until.ts';
import { FlowsProcess, flowsHome } from './flows-process.ts';
import { GatewayStandIn } from './gateway-stand-in.ts';

/** A tab as an administrator makes it: a rule of one's own, wired to the product's output. Numbers are texts, as the editor saves them. */
const ownTab = [
  { id: 'a1', type: 'tab', label: 'Mine' },
  {
    id: 'a2',
    type: 'campus-in',
    z: 'a1',
    gateway: 'campus-connection',
    channel: 'telemetry',
    measurement: 'system',
    x: 100,
    y: 100,
    wires: [['a3']],
  },
  {
    id: 'a3',
    type: 'campus-threshold',
    z: 'a1',
    name: 'CPU too hot',
    gateway: 'campus-connection',
    rule: 'cpu-hot',
    measurement: 'system',
    field: 'temperature_celsius',
    direction: 'above',
    raise: '80',
    clear: '70',
    for_seconds: '0',
    class: 'facility-fault',
    sub_class: '',
    level: '3',
    x: 300,
    y: 100,
    wires: [['campus-alert-out']],
  },
];

async function startWith(
  flows: readonly object[],
): Promise<{ gateway: GatewayStandIn; home: string; flows: FlowsProcess }> {
  const gateway = await GatewayStandIn.open();
  const home = flowsHome(temporaryDirectory(), { flows });
  return { gateway, home, flows: await new FlowsProcess(home, gateway.port).ready() };
}

const offline = { online: false, since: 1, boot: 'run-one', version: '0.1.0' };

describe("an administrator's own flows", () => {
  it('run beside the shipped ones and are left as they are', async () => {
    const { gateway, home, flows } = await startWith(ownTab);
    await gateway.telemetry('room-1', [{ fields: { temperature_celsius: 85.55 } }]);
    await until('the alert', () => gateway.open().length > 0);
    expect(gateway.open()).toMatchObject([
      {
        rule: 'cpu-hot',
        level: 3,
        summary: {
          'zh-CN': 'CPU too hot：room-1 的温度为 85.5 °C，高于 80 °C 已有 0 秒。',
          en: 'CPU too hot: Temperature of room-1 is 85.5 °C, above 80 °C for 0 s.',
        },
      },
    ]);
    await flows.end('SIGTERM');
    expect(JSON.parse(readFileSync(join(home, 'flows', 'flows.json'), 'utf8'))).toEqual(ownTab);
  });

  it('do not keep the shipped ones from running when they use nodes that are not there', async () => {
    const { gateway, flows } = await startWith([
      { id: 'b1', type: 'tab', label: 'From elsewhere' },
      { id: 'b2', type: 'exec', z: 'b1', command: 'true', x: 1, y: 1, wires: [[], [], []] },
      { id: 'b3', type: 'subflow:b4', z: 'b1', x: 1, y: 1, wires: [] },
      { id: 'b5', type: 'some-vendor-node', z: 'b1', x: 1, y: 1, wires: [] },
    ]);
    await gateway.state('room-1', offline);
    await until('the alert', () => gateway.open().length > 0);
    expect(flows.output).toContain('"types":["exec","some-vendor-node"]');
  });

  it('do not keep the shipped ones from running when their settings are wrong', async () => {
    const { gateway, flows } = await startWith([ownTab[0] ?? {}, { ...ownTab[2], raise: 'hot' }]);
    await gateway.state('room-1', offline);
    await until('the alert', () => gateway.open().length > 0);
    expect(flows.output).toMatch(/raise: must be number, got \\"hot\\"/);
  });

  it('do not keep the shipped ones from running when their file is broken, which is left as it is', async () => {
    const gateway = await GatewayStandIn.open();
    const home = flowsHome(temporaryDirectory());
    const file = join(home, 'flows', 'flows.json');
    writeFileSync(file, '[{"id": "a1", "ty');
    const flows = await new FlowsProcess(home, gateway.port).ready();
    await gateway.state('room-1', offline);
    await until('the alert', () => gateway.open().length > 0);
    expect(flows.output).toContain('is no flow file');
    expect(readFileSync(file, 'utf8')).toBe('[{"id": "a1", "ty');
  });

  it('get messages of their own: one that changes them changes nothing for the others', async () => {
    const spoiler = {
      id: 'c1',
      type: 'function',
      z: 'a1',
      func: 'msg.payload.metrics[0].fields.temperature_celsius = 0; return msg;',
    };
    const { gateway } = await startWith([
      ownTab[0] ?? {},
      { ...ownTab[1], id: 'c0', wires: [['c1']] },
      { ...spoiler, outputs: 1, x: 1, y: 1, wires: [[]] },
      ...ownTab.slice(1),
    ]);
    await gateway.telemetry('room-1', [{ fields: { temperature_celsius: 85 } }]);
    await until('the alert', () => gateway.open().length > 0);
  });

  it('cannot ask for what the contract does not know', async () => {
    const inject = {
      id: 'd1',
      type: 'inject',
      z: 'a1',
      props: [{ p: 'payload' }],
      once: true,
      onceDelay: 0.1,
      payload: '{"action":"raise"}',
      payloadType: 'json',
    };
    const { gateway, flows } = await startWith([
      ownTab[0] ?? {},
      { ...inject, x: 1, y: 1, wires: [['campus-alert-out']] },
    ]);
    await until('the refusal', () => flows.output.includes('expected a request to raise or clear an alert'));
    expect(gateway.requests).toEqual([]);
  });
});

it('listens for its editor alone, on loopback, and on no port at all without it', async () => {
  const { flows, home, gateway } = await startWith([]);
  const [address, ...others] = listeningSockets(flows.pid).map((line) => line.trim().split(/\s+/)[1]);
  expect([address, others]).toEqual([`0100007F:${flows.editorPort.toString(16).toUpperCase()}`, []]);
  await flows.end('SIGTERM');
  writeFileSync(join(home, 'campus-edge.yaml'), 'flows: { editor: { enabled: false } }\n');
  expect(listeningSockets((await new FlowsProcess(home, gateway.port).ready()).pid)).toEqual([]);
});

/** The listening TCP sockets of a process (proc(5): /proc/PID/fd, /proc/PID/net/tcp; state 0A is LISTEN). */
function listeningSockets(pid: number): string[] {
  const fds = readdirSync(`/proc/${pid}/fd`).map((fd) => readlinkSync(`/proc/${pid}/fd/${fd}`));
  const lines = ['tcp', 'tcp6'].flatMap((file) => readFileSync(`/proc/${pid}/net/${file}`, 'utf8').split('\n'));
  return lines.filter((line) => {
    const [, , , state, , , , , , inode] = line.trim().split(/\s+/);
    return state === '0A' && fds.includes(`socket:[${inode}]`);
  });
}
