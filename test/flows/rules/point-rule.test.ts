import { describe, expect, it } from 'vitest';
import type { Alert } from '../../../contract/alert.ts';
import type { Metric, Telemetry } from '../../../contract/telemetry.ts';
import type { Memory } from '../../../flows/rules/memory.ts';
import type { Moment } from '../../../flows/rules/moment.ts';
import { PointRule } from '../../../flows/rules/point-rule.ts';
import { thresholdKind } from '../../../flows/rules/threshold.ts';
import { parseThresholdNode } from '../../../flows/rules/threshold-settings.ts';

const WALL = 1_764_000_000_000;
const at = (seconds: number): Moment => ({ wall: WALL + seconds * 1000, steady: seconds * 1000 });

const link = {
  rule: 'link-busy',
  measurement: 'network',
  field: 'utilisation_percent',
  subject_tag: 'interface',
  filter: 'virtual!=true',
  raise: 90,
  clear: 75,
  class: 'anomaly',
  sub_class: '流量异常',
  level: 4,
};

function ruleOf(node: object, armed: Memory<number> = new Map<string, number>()) {
  const settings = parseThresholdNode({ ...link, ...node });
  return new PointRule(settings, thresholdKind(settings), armed);
}

function message(seconds: number, ...metrics: Partial<Metric>[]): Telemetry {
  const { wall: timestamp } = at(seconds);
  return { metrics: metrics.map((metric) => ({ name: 'network', tags: {}, fields: {}, timestamp, ...metric })) };
}

const port = (name: string, used: number, fields = {}): Partial<Metric> => ({
  tags: { interface: name, kind: 'ethernet' },
  fields: { utilisation_percent: used, virtual: false, ...fields },
});

const openAlert: Alert = {
  id: 'a1',
  site: 'school',
  device: 'room-1',
  rule: 'link-busy',
  subject: 'eth0',
  state: 'open',
  class: 'anomaly',
  level: 4,
  summary: { 'zh-CN': '', en: '' },
  evidence: { threshold: 90 },
  raised_at: WALL,
  updated_at: WALL,
};

it('forgets a device that was removed, and no other', () => {
  const armed = new Map([
    ['room-1/eth0', 90],
    ['room-10/eth0', 90],
  ]);
  const rule = ruleOf({}, armed);
  for (const device of ['room-1', 'room-10']) rule.telemetry(device, message(0, port('eth1', 20)), at(0));
  rule.forget('room-1');
  expect([...armed.keys()]).toEqual(['room-10/eth0']);
  expect(rule.summary().watched).toBe(1);
});

describe('the points a rule looks at', () => {
  it('keeps every interface of every device apart', () => {
    const rule = ruleOf({});
    const asked = rule.telemetry('room-1', message(0, port('eth0', 95), port('eth1', 20)), at(0));
    expect(asked.map(({ action, device, subject }) => [action, device, subject])).toEqual([
      ['raise', 'room-1', 'eth0'],
    ]);
    expect(rule.telemetry('room-2', message(0, port('eth1', 99)), at(0))).toMatchObject([
      { device: 'room-2', subject: 'eth1' },
    ]);
    expect(rule.telemetry('room-1', message(1, port('eth1', 5)), at(1))).toEqual([]);
    expect(rule.telemetry('room-1', message(2, port('eth0', 5)), at(2))).toMatchObject([
      { action: 'clear', device: 'room-1', subject: 'eth0' },
    ]);
  });

  it('leaves out other measurements, points that the filter excludes, and values that are no numbers', () => {
    const rule = ruleOf({});
    const others = [
      { ...port('eth0', 99), name: 'disk' },
      port('br0', 99, { virtual: true }),
      { tags: { interface: 'eth2' }, fields: { utilisation_percent: '99' } },
      { tags: { interface: 'eth3' }, fields: { rx_bytes: 99 } },
    ];
    expect(rule.telemetry('room-1', message(0, ...others), at(0))).toEqual([]);
    expect(rule.summary().watched).toBe(0);
  });

  it('takes a point whose field to filter by is unknown', () => {
    const unknown = { tags: { interface: 'eth0' }, fields: { utilisation_percent: 99 } };
    expect(ruleOf({}).telemetry('room-1', message(0, unknown), at(0))).toHaveLength(1);
  });

  it('takes nothing from messages that were kept through an outage', () => {
    const replayed = { ...message(0, port('eth0', 99)), replayed: true };
    expect(ruleOf({}).telemetry('room-1', replayed, at(0))).toEqual([]);
  });

  it('is not confused by names that every object has', () => {
    const rule = ruleOf({ field: 'constructor', subject_tag: 'toString' });
    expect(rule.telemetry('room-1', message(0, port('eth0', 99)), at(0))).toEqual([]);
  });

  it('bounds what it keeps, and keeps what has an open alert', () => {
    const rule = ruleOf({});
    rule.telemetry('room-1', message(0, port('uplink', 99)), at(0));
    for (let device = 0; device < 12_000; device += 1) {
      rule.telemetry(`box-${device}`, message(1, port('eth0', 1)), at(1));
    }
    expect(rule.summary()).toEqual({ enabled: true, watched: 10_000, open: 1 });
    expect(rule.telemetry('room-1', message(2, port('uplink', 5)), at(2))).toMatchObject([{ action: 'clear' }]);
  });
});

describe('what a rule asks for', () => {
  it('holds everything the contract wants', () => {
    const [raise] = ruleOf({ rule: 'link-saturated' }).telemetry('room-1', message(0, port('eth0', 95.26)), at(0));
    expect(raise).toEqual({
      action: 'raise',
      rule: 'link-saturated',
      device: 'room-1',
      subject: 'eth0',
      class: 'anomaly',
      sub_class: '流量异常',
      level: 4,
      summary: {
        'zh-CN':
          'room-1 的网络接口 eth0 带宽占满：利用率 95.3%，超过 90% 已有 0 秒。课堂视频可能卡顿，请查看是谁在占用带宽。',
        en: 'Link eth0 of room-1 is saturated: 95.3% in use, above 90% for 0 s. Lessons may stutter; see who takes the bandwidth.',
      },
      evidence: { measurement: 'network', field: 'utilisation_percent', value: 95.26, threshold: 90, for_seconds: 0 },
      at: WALL,
    });
  });

  it('leaves the sub-class out when there is none', () => {
    const [raise] = ruleOf({ sub_class: '' }).telemetry('room-1', message(0, port('eth0', 95)), at(0));
    expect(raise).not.toHaveProperty('sub_class');
  });
});

describe('open alerts', () => {
  it('are not raised again and are cleared when all is well', () => {
    const rule = ruleOf({});
    expect(rule.opened(openAlert, at(0))).toEqual([]);
    expect(rule.telemetry('room-1', message(1, port('eth0', 99)), at(1))).toEqual([]);
    expect(rule.telemetry('room-1', message(2, port('eth0', 5)), at(2))).toMatchObject([{ action: 'clear' }]);
  });

  it('of an interface that has gone are cleared while the device reports the others', () => {
    const rule = ruleOf({});
    rule.opened(openAlert, at(0));
    const asked = [];
    for (let second = 1; second <= 601; second += 1) {
      if (second % 10 === 0) asked.push(...rule.telemetry('room-1', message(second, port('eth1', 5)), at(second)));
      asked.push(...rule.tick(at(second)));
    }
    expect(asked).toMatchObject([{ action: 'clear', subject: 'eth0' }]);
  });

  it('of a rule that is switched off are cleared', () => {
    const rule = ruleOf({ enabled: false });
    expect(rule.opened(openAlert, at(0))).toMatchObject([{ action: 'clear', device: 'room-1', subject: 'eth0' }]);
    expect(rule.telemetry('room-1', message(1, port('eth0', 99)), at(1))).toEqual([]);
  });

  it('that are gone without being known change nothing', () => {
    const rule = ruleOf({});
    expect(rule.gone(openAlert, at(0))).toEqual([]);
    expect(rule.summary().watched).toBe(0);
  });
});

it('remembers armed levels outside of itself', () => {
  const remembered = new Map<string, number>();
  const node = { measurement: 'ipv6', field: 'level', subject_tag: '', filter: '!interface', arm_at: '2, 3' };
  const point = (level: number, tags = {}) => ({ name: 'ipv6', tags, fields: { level } });
  ruleOf(node, remembered).telemetry('room-1', message(0, point(4), point(2, { interface: 'eth0' })), at(0));
  expect([...remembered]).toEqual([['room-1/', 3]]);
  expect(ruleOf(node, remembered).telemetry('room-1', message(1, point(2)), at(1))).toMatchObject([
    { action: 'raise', evidence: { value: 2, threshold: 3 } },
  ]);
});

describe('an alert that a person has closed', () => {
  const level = (value: number, seconds: number): Telemetry =>
    message(seconds, { name: 'ipv6', fields: { level: value } });

  it('does not come back for what an armed rule has lost, until it has it again', () => {
    const armed = new Map<string, number>();
    const node = { measurement: 'ipv6', field: 'level', subject_tag: '', filter: '', arm_at: '2, 3', for_seconds: 5 };
    const rule = ruleOf(node, armed);
    rule.telemetry('room-1', level(3, 0), at(0));
    rule.telemetry('room-1', level(0, 1), at(1));
    expect(rule.tick(at(6))).toMatchObject([{ action: 'raise' }]);
    const alert = { ...openAlert, subject: '', evidence: { threshold: 3 } };
    rule.opened(alert, at(6));
    expect(rule.closed(alert, at(10))).toEqual([]);
    expect([...armed]).toEqual([]);
    for (let second = 10; second < 60; second += 1) {
      expect([...rule.telemetry('room-1', level(0, second), at(second)), ...rule.tick(at(second))]).toEqual([]);
    }
    rule.telemetry('room-1', level(2, 60), at(60));
    rule.telemetry('room-1', level(0, 61), at(61));
    expect(rule.tick(at(66))).toMatchObject([{ action: 'raise', evidence: { threshold: 2 } }]);
  });

  it('comes back when a value stays past its threshold', () => {
    const rule = ruleOf({ for_seconds: 5 });
    rule.telemetry('room-1', message(0, port('eth0', 95)), at(0));
    expect(rule.tick(at(5))).toMatchObject([{ action: 'raise' }]);
    rule.closed(openAlert, at(10));
    expect(rule.tick(at(14))).toEqual([]);
    expect(rule.tick(at(15))).toMatchObject([{ action: 'raise' }]);
  });
});
