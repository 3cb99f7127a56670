import { describe, expect, it } from 'vitest';
import { parsePointFilter, passesFilter } from '../../../flows/rules/point-filter.ts';

const point = {
  name: 'network',
  tags: { interface: 'eth0', kind: 'ethernet' },
  fields: { virtual: false, mtu_bytes: 1500, kind: 'field' },
  timestamp: 0,
};

describe('a filter', () => {
  it.each([
    ['', true],
    [' , ', true],
    ['kind=ethernet', true],
    ['kind = ethernet', true],
    ['kind=wifi', false],
    ['kind==', false],
    ['kind!=wifi', true],
    ['kind!=ethernet', false],
    ['virtual=false', true],
    ['virtual!=true', true],
    ['mtu_bytes=1500', true],
    ['speed=undefined', false],
    ['speed!=1000', true],
    ['!speed', true],
    ['!interface', false],
    ['kind=ethernet, virtual=false, !speed', true],
    ['kind=ethernet, virtual=true', false],
    ['toString!=x, !constructor', true],
  ])('"%s" lets the point pass: %s', (text, passes) => {
    expect(passesFilter(point, parsePointFilter(text))).toBe(passes);
  });

  it.each(['kind', '=x', '! ', 'a b=c', '!a b', 'virtual>3'])('"%s" is refused', (text) => {
    expect(() => parsePointFilter(`kind=ethernet, ${text}`)).toThrow(
      `filter: expected name=value, name!=value or !name, got "${text.trim()}"`,
    );
  });
});
