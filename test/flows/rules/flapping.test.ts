import { describe, expect, it } from 'vitest';
import { flappingKind, parseFlappingNode, type RememberedChanges } from '../../../flows/rules/flapping.ts';
import { at, KindTrial, node } from './kind-trial.ts';

const settings = { ...node, raise: 3, clear: 0, window_seconds: 100 };
const trial = (memory?: RememberedChanges) => new KindTrial(flappingKind(parseFlappingNode(settings)), memory);
const steady = Array.from({ length: 12 }, () => false);

describe('flapping', () => {
  it('raises one alert for all changes, and is over when a window has passed without one', () => {
    expect(trial().samples(0, 10, [true, false, true, false, ...steady])).toEqual([
      { at: 30, action: 'raise', heldSeconds: 0, value: 3, threshold: 3, window_seconds: 100 },
      { at: 130, action: 'clear', value: 0, threshold: 3, window_seconds: 100 },
    ]);
  });

  it('is no two changes, however often the same is said', () => {
    expect(trial().samples(0, 10, [true, true, false, false, false, true, true, true])).toEqual([]);
  });

  it('does not count a sample that comes again', () => {
    const rule = trial();
    rule.sample(0, true);
    for (const value of [false, true, false, true]) rule.give({ kind: 'sample', value, time: at(10).wall }, 10);
    expect(rule.state.count).toBe(1);
  });

  it('counts on after a restart', () => {
    const before = trial();
    before.samples(0, 10, [true, false, true]);
    const memory = before.kind.memoryOf(before.state);
    expect(memory).toEqual({ last: 'true', changes: [at(10).wall, at(20).wall] });
    expect(trial(memory).sample(30, false)).toMatchObject([{ action: 'raise', value: 3 }]);
  });

  it('that an earlier run has raised is not over before this one has heard a whole window', () => {
    const rule = trial();
    rule.give({ kind: 'open', threshold: 3 }, 0);
    expect(rule.samples(0, 10, steady.slice(0, 12))).toMatchObject([{ at: 100, action: 'clear' }]);
  });

  it('remembers a bounded number of changes', () => {
    const rule = trial();
    for (let second = 0; second < 1000; second += 1) rule.sample(second, second % 2 === 0);
    expect(rule.state.remembered?.changes).toHaveLength(64);
  });

  it('says how often and in what time, in both languages', () => {
    const facts = { heldSeconds: 0, value: 7, threshold: 6, window_seconds: 600 };
    const own = parseFlappingNode({ ...settings, measurement: 'network', field: 'carrier' });
    expect(flappingKind(own).summary({ device: 'room-1', subject: 'eth0' }, facts)).toEqual({
      'zh-CN': 'room-1 eth0 的链路接通在 10 分钟内变化 7 次，达到 6 次即视为频繁变化。',
      en: 'Link present of room-1 eth0 changed 7 times within 10 min; 6 times count as flapping.',
    });
  });
});
