import { describe, expect, it } from 'vitest';
import { SeriesSet, sumLines } from '../../../../dashboards/console/src/charts/series-set.ts';

describe('SeriesSet', () => {
  it('makes a line for each field and group, in the order of fields, then of names', () => {
    const set = new SeriesSet({ measurement: 'network', fields: ['rx', 'tx'], groupBy: ['interface'] }, 1000);
    set.load('tx', [{ tags: { interface: 'eth0' }, points: [[0, 5]] }], 1000);
    set.load(
      'rx',
      [
        { tags: { interface: 'eth10' }, points: [[0, 1]] },
        { tags: { interface: 'eth2' }, points: [[0, 2]] },
        { tags: {}, points: [[0, 9]] },
      ],
      1000,
    );
    expect(set.lines().map(({ field, group }) => `${field} ${group}`)).toEqual(['rx eth2', 'rx eth10', 'tx eth0']);
  });

  it('takes live points of its measurement only, and says whether a line grew', () => {
    const set = new SeriesSet({ measurement: 'ipv6', fields: ['share'] }, 1000);
    const fields = { share: 40, summary: 'routed' };
    expect(set.push({ measurement: 'system', time: 1000, tags: {}, fields })).toBe(false);
    expect(set.push({ measurement: 'ipv6', time: 1000, tags: { interface: 'eth0' }, fields })).toBe(false);
    expect(set.push({ measurement: 'ipv6', time: 1000, tags: {}, fields: { share: 'x' } })).toBe(false);
    expect(set.push({ measurement: 'ipv6', time: 1000, tags: {}, fields })).toBe(true);
    expect(set.lines()).toEqual([{ field: 'share', group: '', points: [[1000, 40]] }]);
  });

  it('makes a line for each combination of several tags, of the points that have them all', () => {
    const set = new SeriesSet({ measurement: 'path', fields: ['rtt'], groupBy: ['target', 'family'] }, 1000);
    const push = (tags: Record<string, string>) =>
      set.push({ measurement: 'path', time: 1000, tags, fields: { rtt: 1 } });
    expect(push({ target: 'gateway', role: 'gateway', family: 'ipv6' })).toBe(true);
    expect(push({ target: 'gateway', role: 'gateway', family: 'ipv4' })).toBe(true);
    expect(push({ target: 'gateway', role: 'gateway' })).toBe(false);
    expect(set.lines().map(({ group }) => group)).toEqual(['gateway ipv4', 'gateway ipv6']);
  });

  it('leaves out values that are no numbers', () => {
    const set = new SeriesSet({ measurement: 'system', fields: ['load1'] }, 1000);
    set.load(
      'load1',
      [
        {
          tags: {},
          points: [
            [0, null],
            [1000, 'x'],
            [2000, 3],
          ],
        },
      ],
      3000,
    );
    expect(set.lines()[0]?.points).toEqual([[2000, 3]]);
  });
});

describe('sumLines', () => {
  it('adds up what is there at each time', () => {
    const line = (points: [number, number | null][]) => ({ field: 'rx', group: '', points });
    expect(
      sumLines([
        line([
          [0, 1],
          [1, null],
          [2, 3],
        ]),
        line([
          [2, 4],
          [0, 10],
          [1, null],
        ]),
      ]),
    ).toEqual([
      [0, 11],
      [1, null],
      [2, 7],
    ]);
    expect(sumLines([])).toEqual([]);
  });
});
