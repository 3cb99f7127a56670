import { describe, expect, it } from 'vitest';
import { parseAbsenceNode } from '../../../flows/rules/absence-rule.ts';
import { parseThresholdNode } from '../../../flows/rules/threshold-settings.ts';

const node = {
  id: 'a1',
  type: 'campus-threshold',
  rule: 'cpu-high',
  measurement: 'system',
  field: 'cpu_usage_percent',
  raise: '90',
  clear: '',
  for_seconds: '60',
  class: 'anomaly',
  level: '4',
  wires: [[]],
};

describe('a threshold node', () => {
  it('reads as the editor saves it: numbers are text, and what is empty has its default', () => {
    const { node: read, threshold } = parseThresholdNode(node);
    expect(threshold).toEqual({
      direction: 'above',
      raise: 90,
      clear: 90,
      forSeconds: 60,
      clearForSeconds: 0,
      armAt: [],
    });
    expect(read).toMatchObject({ level: 4, enabled: true, subject_tag: '', sub_class: '' });
  });

  it('takes what the configuration says in place of its own', () => {
    expect(parseThresholdNode(node, { raise: 70, enabled: false })).toMatchObject({
      node: { enabled: false },
      threshold: { raise: 70 },
    });
  });

  it('reads armed levels, which need no limits', () => {
    const { threshold } = parseThresholdNode({ ...node, raise: '', arm_at: ' 2, 3 ' });
    expect(threshold).toMatchObject({ direction: 'below', armAt: [2, 3] });
  });

  it.each([
    [{ rule: 'CPU high' }, /^rule: /],
    [{ rule: undefined }, /required/],
    [{ raise: '' }, /^raise: expected a number, or arm_at in its place, got nothing/],
    [{ raise: 'hot' }, /^raise: .*got "hot"/],
    [{ clear: 95 }, /^clear: expected at most raise \(90\), got 95/],
    [{ direction: 'below', clear: 80 }, /^clear: expected at least raise \(90\), got 80/],
    [{ direction: 'sideways' }, /^direction: /],
    [{ for_seconds: -1 }, /^for_seconds: .*got -1/],
    [{ class: 'bad luck' }, /^class: /],
    [{ level: 5 }, /^level: /],
    [{ arm_at: '2, high' }, /^arm_at: expected numbers separated by commas, got "high"/],
    [{ filter: 'virtual' }, /^filter: /],
  ])('with %o is refused', (wrong, message) => {
    expect(() => parseThresholdNode({ ...node, ...wrong })).toThrow(
      expect.objectContaining({ code: 'config_invalid', message: expect.stringMatching(message) }),
    );
  });
});

describe('an absence node', () => {
  it('has the defaults of the shipped rule', () => {
    expect(parseAbsenceNode({ rule: 'gone', class: 'other', level: 4 })).toMatchObject({
      hold_seconds: 1,
      timeout_seconds: 60,
      enabled: true,
    });
  });

  it('is refused when it would miss devices between two samples', () => {
    const node = { rule: 'gone', class: 'other', level: 4, timeout_seconds: '2' };
    expect(() => parseAbsenceNode(node)).toThrow(/^timeout_seconds: .*got 2/);
  });
});
