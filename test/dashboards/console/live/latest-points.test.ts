import { describe, expect, it } from 'vitest';
import type { Point } from '../../../../dashboards/console/src/api/schema.ts';
import { currentPoints, LatestPoints, tagKey } from '../../../../dashboards/console/src/live/latest-points.ts';

const key = { site: 'school', device: 'room-101' };
const point = (time: number, name: string, value: number): Point => ({
  ...key,
  measurement: 'network',
  time,
  tags: { interface: name, kind: 'ethernet' },
  fields: { rx_bytes: value },
});

describe('LatestPoints', () => {
  it('keeps the newest point of each series, whatever the order of arrival and of tags', () => {
    const latest = new LatestPoints();
    latest.merge([point(2000, 'eth10', 2), point(1000, 'eth10', 1), point(1000, 'eth2', 7)]);
    latest.merge([{ ...point(3000, 'eth2', 8), tags: { kind: 'ethernet', interface: 'eth2' } }]);
    expect(latest.of('network', key).map((entry) => entry.fields)).toEqual([{ rx_bytes: 8 }, { rx_bytes: 2 }]);
  });

  it('keeps devices of the same name at different sites apart', () => {
    const latest = new LatestPoints();
    latest.merge([point(1, 'eth0', 1), { ...point(1, 'eth0', 2), site: 'other' }]);
    expect(latest.of('network', key)).toHaveLength(1);
    expect(latest.of('network', { site: 'none', device: 'room-101' })).toEqual([]);
  });
});

describe('currentPoints', () => {
  it('leaves out series that stopped reporting while others went on', () => {
    expect(
      currentPoints([point(100_000, 'eth0', 1), point(95_000, 'wlan0', 1), point(10_000, 'veth1', 1)]),
    ).toHaveLength(2);
    expect(currentPoints([])).toEqual([]);
  });
});

describe('tagKey', () => {
  it('is the same for the same tags', () => {
    expect(tagKey({ b: '2', a: '1' })).toBe(tagKey({ a: '1', b: '2' }));
  });
});
