import { describe, expect, it } from 'vitest';
import { forecastKind, parseForecastNode, type RememberedParts } from '../../../flows/rules/forecast.ts';
import { median, trendOf } from '../../../flows/rules/robust.ts';
import { DAY, HOUR, KindTrial, node } from './kind-trial.ts';

const settings = { ...node, limit: 100, raise: 7, clear: 14, window_seconds: 48 * HOUR };
const trial = (more: object = {}, memory?: RememberedParts) =>
  new KindTrial(forecastKind(parseForecastNode({ ...settings, ...more })), memory);
/** Values at every half hour. */
const halfHours = (hours: number, valueAt: (hour: number) => number): number[] =>
  Array.from({ length: hours * 2 + 1 }, (_, index) => valueAt(index / 2));

describe('a robust trend', () => {
  it('is the median of the slopes between all pairs', () => {
    // Slopes 1, 1, 1, and with the wild value 10, 14.5, 28.
    expect(
      trendOf([
        [0, 0],
        [1, 1],
        [2, 2],
        [3, 30],
      ]),
    ).toEqual({ slope: 5.5, agreement: 1 });
    expect(
      trendOf([
        [0, 0],
        [1, 1],
        [2, 2],
        [3, 3],
        [4, 90],
      ])?.slope,
    ).toBe(1);
    expect(
      trendOf([
        [0, 4],
        [1, 3],
        [2, 5],
      ]),
    ).toEqual({ slope: 0.5, agreement: 2 / 3 });
    expect(trendOf([[0, 1]])).toBeUndefined();
    expect([median([3, 1, 2]), median([4, 1, 2, 3]), median([])]).toEqual([2, 2.5, Number.NaN]);
  });
});

describe('a forecast', () => {
  it('raises when the limit is near by the trend, once half of the window is known', () => {
    // 1 % an hour from 20 %: after 25 hours 45 %, and 55 hours left.
    const [alert, ...further] = trial().samples(
      0,
      HOUR / 2,
      halfHours(30, (hour) => 20 + hour),
    );
    expect(further).toEqual([]);
    expect(alert).toMatchObject({
      at: 25 * HOUR,
      action: 'raise',
      value: 45,
      threshold: 100,
      window_seconds: 24 * HOUR,
    });
    expect(alert?.action === 'raise' && alert.days).toBeCloseTo(55 / 24, 6);
    expect(alert?.action === 'raise' && alert.change_per_day).toBeCloseTo(24, 6);
  });

  it('is silent where the limit is far, the value falls, or goes up and down', () => {
    expect(
      trial().samples(
        0,
        HOUR / 2,
        halfHours(47, (hour) => 20 + hour / 24),
      ),
    ).toEqual([]);
    expect(
      trial().samples(
        0,
        HOUR / 2,
        halfHours(47, (hour) => 90 - hour),
      ),
    ).toEqual([]);
    expect(
      trial().samples(
        0,
        HOUR / 2,
        halfHours(47, (hour) => 70 + 2 * (hour % 10)),
      ),
    ).toEqual([]);
  });

  it('is over when somebody has cleaned up', () => {
    const rule = trial();
    rule.samples(
      0,
      HOUR / 2,
      halfHours(30, (hour) => 50 + hour),
    );
    expect(rule.state.open).toBe(true);
    const after = rule.samples(
      30.5 * HOUR,
      HOUR / 2,
      halfHours(40, () => 20),
    );
    expect(after).toMatchObject([{ action: 'clear', value: 20 }]);
  });

  it('counts towards a lower limit when it is told to', () => {
    const falling = trial({ estimate: 'falling', limit: 0 });
    expect(
      falling.samples(
        0,
        HOUR / 2,
        halfHours(26, (hour) => 80 - hour),
      ),
    ).toMatchObject([{ value: 55, threshold: 0 }]);
  });

  it('knows after a restart how it went', () => {
    const before = trial();
    before.samples(
      0,
      HOUR / 2,
      halfHours(24, (hour) => 20 + hour),
    );
    const memory = before.kind.memoryOf(before.state);
    expect(memory).toHaveLength(24);
    const after = trial({}, memory).samples(
      24.5 * HOUR,
      HOUR / 2,
      halfHours(2, (hour) => 44.5 + hour),
    );
    expect(after).toMatchObject([{ action: 'raise' }]);
  });

  it('keeps a bounded number of parts, also for a value every second', () => {
    const rule = trial({ window_seconds: HOUR });
    for (let second = 0; second < 3 * HOUR; second += 5) rule.sample(second, second / 1000);
    expect(rule.state.parts?.length).toBe(48);
    expect(rule.state.present?.values.length).toBeLessThanOrEqual(15);
  });

  it('takes a value for the time that is left, as of a certificate', () => {
    const rule = trial({ estimate: 'remaining_seconds', field: 'expiry' });
    expect(rule.sample(0, 8 * DAY)).toEqual([]);
    expect(rule.sample(60, 6 * DAY)).toEqual([{ action: 'raise', heldSeconds: 0, value: 6 * DAY, days: 6 }]);
    expect(rule.sample(120, 10 * DAY)).toEqual([]);
    expect(rule.sample(180, 20 * DAY)).toMatchObject([{ action: 'clear' }]);
  });

  it('says when and by what trend, in both languages', () => {
    const disk = parseForecastNode({ ...settings, measurement: 'disk', field: 'used_percent' });
    const facts = { heldSeconds: 0, value: 45, threshold: 100, days: 2.29, change_per_day: 24, window_seconds: DAY };
    expect(forecastKind(disk).summary({ device: 'room-1', subject: '/srv' }, facts)).toEqual({
      'zh-CN': 'room-1 /srv 的使用率现为 45%，按最近 1 天的趋势每天变化 24%，预计 2.3 天后达到 100%。',
      en: 'Used of room-1 /srv is 45%, changes by 24% a day over the last 1 day, and will reach 100% in 2.3 days.',
    });
  });
});
