import { describe, expect, it } from 'vitest';
import { parseRateNode, rateKind } from '../../../flows/rules/rate-of-change.ts';
import { KindTrial, node } from './kind-trial.ts';

const trial = (settings: object) =>
  new KindTrial(rateKind(parseRateNode({ ...node, window_seconds: 600, ...settings })));

describe('a rate of change', () => {
  it('is the difference between the ends of the window, each the median of three', () => {
    // 26 less 20; a minute before it was 22 less 20.
    expect(trial({ raise: 5 }).samples(0, 60, [20, 20, 20, 20, 20, 20, 22, 26, 30])).toEqual([
      { at: 480, action: 'raise', heldSeconds: 0, value: 6, threshold: 5, window_seconds: 480 },
    ]);
  });

  it('takes one wild value for no change', () => {
    expect(trial({ raise: 5 }).samples(0, 60, [20, 20, 20, 20, 20, 20, 99, 20, 20, 20])).toEqual([]);
  });

  it('says nothing before half of the window is known', () => {
    expect(trial({ raise: 5 }).samples(0, 60, [0, 10, 20, 30, 40])).toEqual([]);
    expect(trial({ raise: 5 }).samples(0, 75, [0, 10, 20, 30, 40])).toMatchObject([{ at: 300, value: 40 }]);
  });

  it('is over when the window has moved on', () => {
    const values = [...[0, 0, 0, 0, 0, 9, 9, 9], ...Array.from({ length: 12 }, () => 9)];
    expect(trial({ raise: 5, clear: 1 }).samples(0, 60, values)).toMatchObject([
      { at: 360, action: 'raise', value: 9 },
      // From here on the median of the three oldest values is 9.
      { at: 840, action: 'clear', value: 0 },
    ]);
  });

  it('counts falling and either way when it is told to', () => {
    expect(trial({ raise: 5, direction: 'falling' }).samples(0, 150, [30, 26, 20])).toMatchObject([{ value: 10 }]);
    expect(trial({ raise: 5, direction: 'rising' }).samples(0, 150, [30, 26, 20])).toEqual([]);
    expect(trial({ raise: 5, direction: 'either' }).samples(0, 150, [30, 26, 20])).toMatchObject([{ value: 10 }]);
  });

  it('of a counter adds what was counted, also before and after it began anew', () => {
    expect(trial({ raise: 8, counter: true }).samples(0, 100, [100, 105, 3, 4])).toMatchObject([{ at: 300, value: 9 }]);
  });

  it('of a counter that may not count at all is over when a window passes without', () => {
    const rule = trial({ raise: 0, counter: true });
    expect(rule.samples(0, 60, [7, 7, 7, 7, 7, 7])).toEqual([]);
    expect(rule.samples(360, 60, [8, ...Array.from({ length: 12 }, () => 8)])).toMatchObject([
      { at: 360, action: 'raise', value: 1 },
      { at: 960, action: 'clear', value: 0 },
    ]);
  });

  it('begins anew after a gap, and keeps a bounded number of values', () => {
    const rule = trial({ raise: 5 });
    rule.samples(0, 60, [0, 0, 0, 0, 0, 0]);
    expect(rule.sample(5000, 50)).toEqual([]);
    for (let second = 6000; second < 9000; second += 1) rule.sample(second, 1);
    expect(rule.state.values.length).toBeLessThanOrEqual(120);
  });

  it('says by how much and in what time, in both languages', () => {
    const settings = parseRateNode({ ...node, name: 'Load', raise: 5, window_seconds: 600 });
    const facts = { heldSeconds: 0, value: 6, threshold: 5, window_seconds: 480 };
    expect(rateKind(settings).summary({ device: 'room-1', subject: '' }, facts)).toEqual({
      'zh-CN': 'Load：room-1 的1 分钟负载在 8 分钟内上升 6，超过 5。',
      en: 'Load: Load, 1 minute of room-1 rose by 6 within 8 min, more than 5.',
    });
  });

  it('refuses settings that raise and clear at once', () => {
    expect(() => parseRateNode({ ...node, raise: 5, clear: 6 })).toThrow('clear: expected at most raise (5), got 6');
  });
});
