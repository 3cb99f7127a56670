import { describe, expect, it } from 'vitest';
import {
  formatClock,
  formatDateTime,
  formatDuration,
  formatRelative,
} from '../../../../dashboards/console/src/format/time.ts';

const now = Date.UTC(2026, 10, 24, 3, 0, 0);

describe('formatRelative', () => {
  it.each([
    [0, 'now', '现在'],
    [4_000, 'now', '现在'],
    [12_000, '12 sec. ago', '12秒前'],
    [180_000, '3 min. ago', '3分钟前'],
    [7_200_000, '2 hr. ago', '2小时前'],
    [86_400_000, 'yesterday', '昨天'],
    [-5000, 'now', '现在'],
  ])('%s ms ago is %s, %s', (ago, en, zh) => {
    expect(formatRelative(now - ago, now, 'en')).toBe(en);
    expect(formatRelative(now - ago, now, 'zh-CN')).toBe(zh);
  });
});

describe('formatDuration', () => {
  it.each([
    [0, '0 sec', '0秒'],
    [45, '45 sec', '45秒'],
    [200, '3 min 20 sec', '3分钟 20秒'],
    [3600, '1 hr', '1小时'],
    [93_784, '1 day 2 hr', '1天 2小时'],
  ])('%s s is %s, %s', (seconds, en, zh) => {
    expect(formatDuration(seconds, 'en')).toBe(en);
    expect(formatDuration(seconds, 'zh-CN')).toBe(zh);
  });
});

describe('absolute times', () => {
  it('are in the local zone, to the second, by 24 hours', () => {
    const expected = new Date(now);
    const clock = [expected.getHours(), expected.getMinutes(), expected.getSeconds()].map((part) =>
      String(part).padStart(2, '0'),
    );
    expect(formatClock(now, 'en', true)).toBe(clock.join(':'));
    expect(formatClock(now, 'zh-CN', false)).toBe(clock.slice(0, 2).join(':'));
    expect(formatDateTime(now, 'zh-CN')).toContain('2026年11月24日');
    expect(formatDateTime(now, 'en')).toContain(clock.join(':'));
  });
});
