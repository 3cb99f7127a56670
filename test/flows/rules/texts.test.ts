import { describe, expect, it } from 'vitest';
import { shippedFlows } from '../../../flows/default-flows.ts';
import { shippedWords } from '../../../flows/rules/shipped-words.ts';
import { durationText, numberText, shortened } from '../../../flows/rules/text-parts.ts';
import { absenceSummary, shippedTextRules, thresholdSummary } from '../../../flows/rules/texts.ts';
import { parseThresholdNode } from '../../../flows/rules/threshold-settings.ts';

describe('numbers', () => {
  it.each([
    [0, '0'],
    [93.14159, '93.1'],
    [90, '90'],
    [1234.5, '1235'],
    [1.257, '1.26'],
    [0.0512, '0.051'],
    [-2.71, '-2.71'],
  ])('%d reads %s', (value, text) => {
    expect(numberText(value)).toBe(text);
  });
});

describe('durations', () => {
  it.each([
    [0, '0 s', ' 0 秒'],
    [1.4, '1 s', ' 1 秒'],
    [60, '1 min', ' 1 分钟'],
    [75, '1 min 15 s', ' 1 分 15 秒'],
    [3600, '1 h', ' 1 小时'],
    [3725, '1 h 2 min', ' 1 小时 2 分'],
    [59.6, '1 min', ' 1 分钟'],
  ])('%d s reads %s', (seconds, en, zh) => {
    expect(durationText(seconds)).toEqual({ en, 'zh-CN': zh });
  });
});

it('cuts long names between characters', () => {
  expect(shortened('学'.repeat(80))).toBe('学'.repeat(80));
  expect(shortened('😀'.repeat(81))).toBe(`${'😀'.repeat(79)}…`);
});

describe('the texts of threshold rules', () => {
  const thresholds = shippedFlows.filter(({ type }) => type === 'campus-threshold');

  it('exist for each shipped rule and for no other, once', () => {
    const worded = [...shippedTextRules, ...Object.keys(shippedWords), 'device-offline'];
    const rules = shippedFlows.filter((node) => 'rule' in node).map((node) => String(node['rule']));
    expect(rules.toSorted()).toEqual(worded.toSorted());
  });

  it.each(thresholds.map((node) => [String(node['rule']), node] as const))(
    'of %s name all facts and fit an alert',
    (_rule, node) => {
      const subject = node['subject_tag'] === '' ? '' : `/${'x'.repeat(255)}`;
      const crossing = { device: 'r'.repeat(63), subject, value: 1, threshold: 2, heldSeconds: 75 };
      const summary = thresholdSummary(parseThresholdNode(node), crossing);
      expect(summary.en).toContain('1 min 15 s');
      expect(summary['zh-CN']).toContain('1 分 15 秒');
      for (const text of Object.values(summary)) {
        expect(text.length).toBeLessThanOrEqual(500);
        expect(text).toContain(crossing.device);
        if (subject !== '') expect(text).toContain('/xxx');
      }
    },
  );

  it('tell IPv6 levels in words', () => {
    const node = thresholds.find((entry) => entry['rule'] === 'ipv6-lost') ?? {};
    const crossing = { device: 'room-1', subject: '', value: 1, threshold: 3, heldSeconds: 15 };
    expect(thresholdSummary(parseThresholdNode(node), crossing)).toEqual({
      'zh-CN':
        'room-1 的 IPv6 中断：现在只有链路本地地址，此前有地址和路由，已持续 15 秒。请检查路由器的 IPv6 通告和上联线路。',
      en: "room-1 has lost IPv6: now link-local addresses only, before addresses and a route, for 15 s. Check the router's IPv6 advertisements and the uplink.",
    });
  });

  it('of a rule of one own use the names of the contract, or the plain ones', () => {
    const own = {
      rule: 'own',
      measurement: 'system',
      field: 'load1',
      raise: 4,
      class: 'other',
      level: 4,
      direction: 'below',
    };
    const crossing = { device: 'room-1', subject: '', value: 2, threshold: 4, heldSeconds: 0 };
    expect(thresholdSummary(parseThresholdNode(own), crossing)).toEqual({
      'zh-CN': 'room-1 的1 分钟负载为 2，低于 4 已有 0 秒。',
      en: 'Load, 1 minute of room-1 is 2, below 4 for 0 s.',
    });
    const foreign = { ...own, name: 'Projector', measurement: 'projector', field: 'lamp_hours', subject_tag: 'bulb' };
    expect(thresholdSummary(parseThresholdNode(foreign), { ...crossing, subject: 'left' })).toEqual({
      'zh-CN': 'Projector：room-1 left 的 projector.lamp_hours 为 2，低于 4 已有 0 秒。',
      en: 'Projector: projector.lamp_hours of room-1 left is 2, below 4 for 0 s.',
    });
  });
});

it('leaves out the usual interval where none is known', () => {
  const alert = { action: 'raise', cause: 'unheard', heldSeconds: 301, intervalSeconds: undefined } as const;
  expect(absenceSummary('room-1', alert).en).toBe(
    'room-1 has stopped reporting: nothing for 5 min 1 s. Check its power and network cable.',
  );
});
