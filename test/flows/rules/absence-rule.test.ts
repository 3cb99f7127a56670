import { describe, expect, it } from 'vitest';
import type { Alert } from '../../../contract/alert.ts';
import type { DeviceState } from '../../../contract/state.ts';
import type { AbsenceMemory, RememberedDevice } from '../../../flows/rules/absence-memory.ts';
import { AbsenceRule, parseAbsenceNode } from '../../../flows/rules/absence-rule.ts';
import type { Moment } from '../../../flows/rules/moment.ts';

const WALL = 1_764_000_000_000;
const at = (seconds: number): Moment => ({ wall: WALL + seconds * 1000, steady: seconds * 1000 });
const node = { rule: 'device-offline', class: 'facility-fault', sub_class: '技术故障', level: 4 };
const online: DeviceState = { online: true, since: 1, boot: 'run-one', version: '0.1.0' };

const alertAbout = (device: string): Alert => ({
  ...{ id: 'a1', site: 'school', device, rule: 'device-offline', subject: '', state: 'open' },
  ...{ class: 'facility-fault', level: 4, summary: { 'zh-CN': '', en: '' }, evidence: {} },
  ...{ raised_at: 1, updated_at: 1 },
});

function ruleOf(settings: object = {}, memory: AbsenceMemory = new Map()): AbsenceRule {
  return new AbsenceRule(parseAbsenceNode({ ...node, ...settings }), memory);
}

/** Ticks every second, the first and last included. */
function ticks(rule: AbsenceRule, from: number, to: number) {
  const asked = [];
  for (let second = from; second <= to; second += 1) asked.push(...rule.tick(at(second)));
  return asked;
}

describe('device offline', () => {
  it('asks for an alert that explains itself, with the defaults of the shipped rule', () => {
    const rule = ruleOf();
    rule.state('room-1', online, at(0));
    expect(rule.state('room-1', { ...online, online: false }, at(10))).toEqual([]);
    expect(ticks(rule, 10, 11)).toEqual([
      {
        action: 'raise',
        rule: 'device-offline',
        device: 'room-1',
        subject: '',
        class: 'facility-fault',
        sub_class: '技术故障',
        level: 4,
        summary: {
          'zh-CN': 'room-1 离线：与网关的连接已断开 1 秒。请检查设备电源和网线。',
          en: 'room-1 is offline: it lost its connection to the gateway 1 s ago. Check its power and network cable.',
        },
        evidence: { for_seconds: 1 },
        at: WALL + 11_000,
      },
    ]);
    expect(rule.state('room-1', online, at(20))).toEqual([
      { action: 'clear', rule: 'device-offline', device: 'room-1', subject: '', evidence: {}, at: WALL + 20_000 },
    ]);
  });

  it('tells silence from a broken connection', () => {
    const rule = ruleOf();
    rule.state('room-1', online, at(0));
    for (const second of [0, 10, 20]) rule.heard('telegraf', false, at(second));
    const texts = ticks(rule, 0, 400).map((request) => ('summary' in request ? request.summary : {}));
    expect(texts).toEqual([
      {
        'zh-CN': 'room-1 无响应：虽显示在线，但已有 1 分 1 秒没有上报数据。程序可能卡死，请重启设备。',
        en: 'room-1 does not respond: it is connected but has sent nothing for 1 min 1 s. It may hang; restart it.',
      },
      {
        'zh-CN': 'telegraf 停止上报：已有 5 分 1 秒没有数据，平时约每 10 秒上报一次。请检查设备电源和网线。',
        en: 'telegraf has stopped reporting: nothing for 5 min 1 s, usually it reports about every 10 s. Check its power and network cable.',
      },
    ]);
  });

  it('keeps devices apart', () => {
    const rule = ruleOf();
    for (const device of ['room-1', 'room-2', 'room-3']) rule.state(device, online, at(0));
    rule.state('room-2', { ...online, online: false }, at(1));
    expect(ticks(rule, 1, 10).map(({ device }) => device)).toEqual(['room-2']);
  });

  it('misses nobody after the process stood still', () => {
    const rule = ruleOf();
    for (let device = 0; device < 50; device += 1) rule.state(`room-${device}`, online, at(0));
    ticks(rule, 0, 10);
    expect(ticks(rule, 900, 959)).toEqual([]);
    expect(ticks(rule, 960, 961)).toHaveLength(50);
  });

  it('misses nobody while the gateway was away', () => {
    const rule = ruleOf();
    rule.state('room-1', online, at(0));
    ticks(rule, 0, 10);
    rule.resumed(at(300));
    expect(ticks(rule, 300, 360)).toEqual([]);
    expect(ticks(rule, 361, 361)).toHaveLength(1);
  });

  it('clears what it raised before it was switched off', () => {
    const rule = ruleOf({ enabled: false });
    expect(rule.opened(alertAbout('room-1'), at(0))).toMatchObject([{ action: 'clear', device: 'room-1' }]);
    rule.state('room-2', { ...online, online: false }, at(0));
    expect(ticks(rule, 0, 10)).toEqual([]);
  });

  it('does not miss a device any more whose alert a person has closed, until it is back', () => {
    const rule = ruleOf();
    const offline = { ...online, online: false };
    rule.state('room-1', online, at(0));
    rule.state('room-1', offline, at(1));
    expect(ticks(rule, 1, 3)).toHaveLength(1);
    rule.opened(alertAbout('room-1'), at(3));
    expect(rule.closed(alertAbout('room-1'), at(4))).toEqual([]);
    expect(ticks(rule, 4, 400)).toEqual([]);
    // The gateway sends the retained state again when the connection is new.
    rule.state('room-1', offline, at(401));
    expect(ticks(rule, 401, 500)).toEqual([]);
    rule.state('room-1', online, at(501));
    rule.state('room-1', offline, at(502));
    expect(ticks(rule, 502, 504)).toHaveLength(1);
  });

  it('learns a device anew that never says whether it is online, once a person has closed its alert', () => {
    const rule = ruleOf();
    for (const second of [0, 10, 20]) rule.heard('telegraf', false, at(second));
    expect(ticks(rule, 20, 400)).toHaveLength(1);
    rule.opened(alertAbout('telegraf'), at(400));
    rule.closed(alertAbout('telegraf'), at(401));
    expect(ticks(rule, 401, 2000)).toEqual([]);
    for (const second of [2000, 2010, 2020]) rule.heard('telegraf', false, at(second));
    expect(ticks(rule, 2020, 2400)).toHaveLength(1);
  });

  it('misses a device that fell silent while this process was away', () => {
    const memory = new Map<string, RememberedDevice>();
    const before = ruleOf({}, memory);
    for (const second of [0, 200, 400]) before.heard('telegraf', false, at(second));
    before.heard('once', false, at(400));
    before.state('room-1', online, at(400));
    expect([...memory]).toEqual([['telegraf', { interval_ms: 200_000 }]]);
    const after = ruleOf({}, memory);
    after.resumed(at(0));
    expect(ticks(after, 0, 600)).toEqual([]);
    expect(ticks(after, 601, 700)).toMatchObject([{ action: 'raise', device: 'telegraf' }]);
    expect(after.heard('telegraf', false, at(800))).toMatchObject([{ action: 'clear', device: 'telegraf' }]);
  });

  it('writes a learned interval down when it changes, not with every report', () => {
    const writes: string[] = [];
    const memory = new Map<string, RememberedDevice>();
    const counted: AbsenceMemory = {
      get: (device) => memory.get(device),
      set: (device, remembered) => {
        writes.push(device);
        memory.set(device, remembered);
      },
      delete: (device) => void memory.delete(device),
      entries: () => memory.entries(),
    };
    const rule = ruleOf({}, counted);
    for (let second = 0; second < 6000; second += 60) rule.heard('telegraf', false, at(second + (second % 7)));
    expect(writes).toEqual(['telegraf']);
  });

  it('keeps a closed absence excused over a restart of this process', () => {
    const memory = new Map<string, RememberedDevice>();
    const before = ruleOf({}, memory);
    const offline = { ...online, online: false };
    before.state('room-1', offline, at(0));
    ticks(before, 0, 2);
    before.opened(alertAbout('room-1'), at(3));
    before.closed(alertAbout('room-1'), at(4));
    const after = ruleOf({}, memory);
    after.state('room-1', offline, at(5));
    expect(ticks(after, 5, 100)).toEqual([]);
    after.state('room-1', online, at(101));
    expect([...memory]).toEqual([]);
  });

  it('forgets a device that was removed, on the disk as well, and does not miss it', () => {
    const memory = new Map<string, RememberedDevice>();
    const rule = ruleOf({}, memory);
    for (const second of [0, 10, 20]) rule.heard('telegraf', false, at(second));
    expect([...memory.keys()]).toEqual(['telegraf']);
    rule.forget('telegraf');
    expect([...memory.keys()]).toEqual([]);
    expect(ticks(rule, 20, 400)).toEqual([]);
    expect(rule.summary().watched).toBe(0);
  });

  it('bounds the devices it keeps', () => {
    const rule = ruleOf();
    for (let device = 0; device < 10_500; device += 1) rule.heard(`box-${device}`, false, at(0));
    expect(rule.summary().watched).toBe(10_000);
  });
});
