import { describe, expect, it } from 'vitest';
import type { Alert } from '../../../contract/alert.ts';
import { parseShareNode } from '../../../flows/rules/share.ts';
import { ShareRule } from '../../../flows/rules/share-rule.ts';
import { at, WALL } from './kind-trial.ts';

const node = {
  ...{ rule: 'rooms', measurement: 'path', field: 'loss_percent', filter: 'role=gateway', class: 'facility-fault' },
  ...{ level: 4, limit: 5, raise: 30, clear: 15, least_devices: 5, for_seconds: 60, clear_for_seconds: 0 },
};
const ruleOf = (settings: object = {}) => new ShareRule(parseShareNode({ ...node, ...settings }));

/** Every room reports its loss. */
function report(rule: ShareRule, seconds: number, losses: readonly number[], tags: object = {}): void {
  for (const [index, loss] of losses.entries()) {
    const point = {
      name: 'path',
      tags: { role: 'gateway', ...tags },
      fields: { loss_percent: loss },
      timestamp: at(seconds).wall,
    };
    const other = { ...point, tags: { role: 'dns' }, fields: { loss_percent: 100 } };
    expect(rule.telemetry(`room-${index + 1}`, { metrics: [other, point] }, at(seconds))).toEqual([]);
  }
}

describe('a share of devices', () => {
  it('raises one alert that counts and names the bad ones, and clears it', () => {
    const rule = ruleOf();
    report(rule, 0, [0, 9, 0, 9, 0]);
    expect(rule.tick(at(0))).toEqual([]);
    report(rule, 60, [0, 9, 0, 9, 0]);
    expect(rule.tick(at(60))).toMatchObject([
      {
        ...{ action: 'raise', rule: 'rooms', device: 'room-2', subject: '' },
        summary: {
          'zh-CN': '5 台设备中有 2 台（40%）的丢包率高于 5%，超过 30% 已有 1 分钟：room-2、room-4。',
          en: '2 of 5 devices (40%) have Packets lost above 5%, more than 30% for 1 min: room-2, room-4.',
        },
        evidence: { value: 40, threshold: 30, value_is: 'share', for_seconds: 60 },
      },
    ]);
    report(rule, 70, [0, 0, 0, 9, 0]);
    // One in five, 20 %, lies between.
    expect(rule.tick(at(70))).toEqual([]);
    report(rule, 80, [0, 0, 0, 0, 0]);
    expect(rule.tick(at(80))).toMatchObject([{ action: 'clear', device: 'room-2', evidence: { value: 0 } }]);
  });

  it('says nothing of too few devices, and counts none that is silent', () => {
    const rule = ruleOf({ for_seconds: 0, member_seconds: 60 });
    report(rule, 0, [9, 9, 9, 9]);
    expect(rule.tick(at(0))).toEqual([]);
    report(rule, 100, [0, 0, 0, 0, 0, 9]);
    expect(rule.tick(at(100))).toEqual([]);
    expect(rule.tick(at(300))).toEqual([]);
  });

  it('counts states of devices, and leaves out those that were told to stop', () => {
    const states = {
      measurement: 'state',
      field: 'online',
      filter: 'planned!=true',
      normal: 'true',
      limit: '',
      member_seconds: 0,
    };
    const rule = ruleOf({ ...states, for_seconds: 0 });
    const state = (room: number, online: boolean, planned = false) =>
      rule.state(`room-${room}`, { online, planned, since: WALL, boot: 'boot-one', version: '1' }, at(0));
    for (const room of [1, 2, 3, 4, 5, 6]) state(room, true);
    state(1, false, true);
    state(2, false, true);
    expect(rule.tick(at(1))).toEqual([]);
    for (const room of [1, 2]) state(room, true);
    for (const room of [3, 4]) state(room, false);
    expect(rule.tick(at(9000))).toMatchObject([{ action: 'raise', device: 'room-3', evidence: { threshold: 30 } }]);
  });

  it('counts each group by itself', () => {
    const rule = ruleOf({ subject_tag: 'target', for_seconds: 0 });
    report(rule, 0, [9, 9, 9, 9, 9], { target: 'a' });
    report(rule, 0, [0, 0, 0, 0, 0], { target: 'b' });
    expect(rule.tick(at(0)).map(({ subject }) => subject)).toEqual(['a']);
  });

  it('clears what an earlier run has raised, under the device where it was filed', () => {
    const rule = ruleOf();
    const alert: Alert = {
      ...{ id: 'a1', site: 'school', device: 'room-9', rule: 'rooms', subject: '', state: 'open' },
      ...{ class: 'facility-fault', level: 4, summary: { 'zh-CN': '', en: '' }, evidence: {} },
      ...{ raised_at: WALL, updated_at: WALL },
    };
    rule.opened(alert, at(0));
    report(rule, 1, [0, 0, 0, 0, 0]);
    expect(rule.tick(at(1))).toMatchObject([{ action: 'clear', device: 'room-9' }]);
    expect(ruleOf({ enabled: false }).opened(alert, at(0))).toMatchObject([{ action: 'clear', device: 'room-9' }]);
  });

  it('forgets a device that was removed', () => {
    const rule = ruleOf({ for_seconds: 0 });
    report(rule, 0, [9, 9, 0, 0, 0, 0]);
    rule.forget('room-1');
    expect(rule.tick(at(0))).toEqual([]);
    expect(rule.summary()).toEqual({ enabled: true, watched: 5, open: 0 });
  });

  it('wants to know what is bad', () => {
    expect(() => parseShareNode({ ...node, limit: '' })).toThrow('limit: expected a number, or normal values');
  });
});
