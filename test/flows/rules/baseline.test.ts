import { describe, expect, it } from 'vitest';
import { baselineKind, parseBaselineNode } from '../../../flows/rules/baseline.ts';
import { hourOf, hourOfWeek, learned, type Seasons, usualAt } from '../../../flows/rules/seasons.ts';
import { at, DAY, HOUR, KindTrial, node, WALL } from './kind-trial.ts';

const trial = (settings: object, memory?: Seasons) =>
  new KindTrial(baselineKind(parseBaselineNode({ ...node, learn_weeks: 2, ...settings })), memory);
const WEEK = 7 * DAY;
/** Median 15; their distances from it are 5, 3, 1, 1, 3, 5, whose median is 3. */
const usual = [10, 12, 14, 16, 18, 20];

describe('the hours of a week', () => {
  it('are those of the local clock, from Monday', () => {
    expect(hourOfWeek(hourOf(WALL, 8))).toBe(24);
    expect(hourOfWeek(hourOf(WALL, 0))).toBe(16);
    expect(hourOfWeek(hourOf(at(6 * DAY - 1).wall, 8))).toBe(167);
    expect(hourOfWeek(hourOf(at(6 * DAY).wall, 8))).toBe(0);
  });

  it('have as usual what the medians of their weeks are', () => {
    const hour = hourOf(WALL, 8);
    const seasons = learned({}, { hour, minute: 0, values: usual });
    expect(seasons).toEqual({ 24: [[hour, 15, 3]] });
    const weeks: Seasons = {
      24: [
        [hour, 15, 3],
        [hour + 168, 17, 1],
        [hour + 336, 100, 2],
      ],
    };
    expect(usualAt(weeks, hour + 504)).toEqual({ centre: 17, spread: 2, weeks: 3 });
  });

  it('are forgotten after four weeks, and count once however often a clock brings them', () => {
    const hour = hourOf(WALL, 8);
    let seasons: Seasons = {};
    for (const week of [0, 1, 2, 2, 3, 4]) {
      seasons = learned(seasons, { hour: hour + week * 168, minute: 0, values: usual.map((value) => value + week) });
    }
    expect(seasons['24']?.map(([, centre]) => centre)).toEqual([16, 17, 18, 19]);
    expect(learned(seasons, { hour, minute: 0, values: [1, 2] })).toBe(seasons);
  });
});

describe('a baseline', () => {
  /** The usual values of an hour in `weeks` weeks. */
  function taught(settings: object, weeks: number) {
    const rule = trial(settings);
    for (let week = 0; week < weeks; week += 1) {
      expect(rule.samples(week * WEEK, 60, usual)).toEqual([]);
      expect(rule.sample(week * WEEK + HOUR, 15)).toEqual([]);
    }
    return rule;
  }

  it('is silent until it has learned', () => {
    expect(taught({}, 1).sample(WEEK, 1e6)).toEqual([]);
  });

  it('raises for what is unusual in this hour of this weekday', () => {
    const rule = taught({ raise: 6, clear: 3 }, 2);
    // 15 + 6 × 1.4826 × 3 = 41.6868
    expect(rule.sample(2 * WEEK, 41)).toEqual([]);
    const [alert] = rule.sample(2 * WEEK + 60, 42);
    expect(alert).toMatchObject({ action: 'raise', value: 42, expected: 15, weeks: 2 });
    expect(alert?.threshold).toBeCloseTo(41.6868, 3);
    // 15 + 3 × 1.4826 × 3 = 28.3434
    expect(rule.sample(2 * WEEK + 120, 29)).toEqual([]);
    expect(rule.sample(2 * WEEK + 180, 28)).toMatchObject([{ action: 'clear', value: 28 }]);
  });

  it('says nothing of another hour', () => {
    expect(taught({}, 2).sample(2 * WEEK + 5 * HOUR, 1e6)).toEqual([]);
  });

  it('minds the side that it is told to', () => {
    expect(taught({ direction: 'below' }, 2).sample(2 * WEEK, 1000)).toEqual([]);
    expect(taught({ direction: 'below' }, 2).sample(2 * WEEK, -1000)).toHaveLength(1);
    expect(taught({ direction: 'either' }, 2).sample(2 * WEEK, -1000)).toHaveLength(1);
    expect(taught({ least_spread: 1000 }, 2).sample(2 * WEEK, 5000)).toEqual([]);
  });

  it('is not moved by one wild week', () => {
    const rule = taught({ raise: 6, clear: 3 }, 2);
    rule.samples(2 * WEEK, 60, [900, 900, 900, 900, 900, 900]);
    rule.sample(2 * WEEK + HOUR, 15);
    expect(rule.sample(3 * WEEK, 15)).toMatchObject([{ action: 'clear' }]);
    expect(rule.sample(3 * WEEK + 60, 900)).toMatchObject([{ action: 'raise', expected: 15, weeks: 3 }]);
  });

  it('knows after a restart what is usual', () => {
    const before = taught({}, 2);
    expect(trial({}, before.kind.memoryOf(before.state)).sample(2 * WEEK, 42)).toHaveLength(1);
  });

  it('says what is usual, in both languages', () => {
    const settings = parseBaselineNode({ ...node, measurement: 'network', field: 'rx_bits_per_second' });
    const facts = { heldSeconds: 900, value: 90e6, threshold: 50e6, expected: 10e6, weeks: 3 };
    const { en, 'zh-CN': zh } = baselineKind(settings).summary({ device: 'room-1', subject: 'eth0' }, facts);
    expect(en).toBe(
      'Download of room-1 eth0 is 90000000 bit/s; usual for this hour of this weekday is 10000000 bit/s, by 3 weeks, and above 50000000 bit/s is unusual, for 15 min now.',
    );
    expect(zh).toContain(
      '前 3 周同一星期、同一时段通常为 10000000 bit/s，高于 50000000 bit/s 即属异常，已持续 15 分钟',
    );
  });
});
