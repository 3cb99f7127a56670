import { describe, expect, it } from 'vitest';
import { changeKind, parseChangeNode } from '../../../flows/rules/change-of-state.ts';
import { KindTrial, node } from './kind-trial.ts';

const trial = (settings: object, memory?: string) =>
  new KindTrial(changeKind(parseChangeNode({ ...node, for_seconds: 60, ...settings })), memory);
const repeat = <T>(value: T, times: number): T[] => Array.from({ length: times }, () => value);

describe('a state with normal values', () => {
  it('raises for another one that lasts, and is over at once', () => {
    expect(trial({ normal: 'up, dormant' }).samples(0, 30, ['up', 'down', 'down', 'down', 'dormant'])).toEqual([
      { at: 90, action: 'raise', heldSeconds: 60, value: 'down', expected: 'up' },
      { at: 120, action: 'clear', value: 'dormant', expected: 'dormant' },
    ]);
  });

  it('leaves out what never was normal, when it is told to', () => {
    const rule = trial({ normal: 'true', only_after_normal: true });
    expect(rule.samples(0, 60, repeat(false, 10))).toEqual([]);
    expect(rule.samples(600, 60, [true, false, false])).toMatchObject([{ at: 720, value: false, expected: 'true' }]);
    expect(trial({ normal: 'true' }).samples(0, 60, [false, false])).toHaveLength(1);
  });

  it('knows after a restart what was normal', () => {
    const before = trial({ normal: 'true', only_after_normal: true });
    before.sample(0, true);
    const memory = before.kind.memoryOf(before.state);
    expect(memory).toBe('true');
    expect(trial({ normal: 'true', only_after_normal: true }, memory).samples(0, 60, [false, false])).toHaveLength(1);
  });

  it('is not missed any more once a person has closed its alert', () => {
    const rule = trial({ normal: 'true', only_after_normal: true });
    rule.samples(0, 60, [true, false, false]);
    rule.give({ kind: 'closed' }, 130);
    expect(rule.kind.memoryOf(rule.state)).toBeUndefined();
    expect(rule.samples(180, 60, repeat(false, 10))).toEqual([]);
  });
});

describe('a state that is learned', () => {
  it('is the one that has lasted', () => {
    const rule = trial({ settle_seconds: 600 });
    expect(rule.samples(0, 60, [...repeat(1000, 11), 100, 100])).toMatchObject([
      { at: 720, action: 'raise', value: 100, expected: '1000' },
    ]);
    expect(rule.sample(780, 1000)).toMatchObject([{ action: 'clear', value: 1000 }]);
  });

  it('is learned anew where a person accepts the present one', () => {
    const rule = trial({ settle_seconds: 600 });
    rule.samples(0, 60, [...repeat(1000, 11), 100, 100]);
    rule.give({ kind: 'closed' }, 730);
    expect(rule.samples(780, 60, repeat(100, 15))).toEqual([]);
    expect(rule.samples(1680, 60, [1000, 1000])).toMatchObject([{ value: 1000, expected: '100' }]);
  });

  it('is none as long as nothing lasts', () => {
    expect(trial({ settle_seconds: 600 }).samples(0, 60, ['a', 'b', 'a', 'b', 'c', 'c', 'd', 'a'])).toEqual([]);
  });
});

it('says what it is and what it was, in both languages', () => {
  const settings = parseChangeNode({ ...node, measurement: 'network', field: 'carrier', normal: 'true' });
  const facts = { heldSeconds: 300, value: false, expected: 'true' };
  expect(changeKind(settings).summary({ device: 'room-1', subject: 'eth0' }, facts)).toEqual({
    'zh-CN': 'room-1 eth0 的链路接通变为 false，正常为 true，已持续 5 分钟。',
    en: 'Link present of room-1 eth0 is false, normal is true, for 5 min now.',
  });
});
