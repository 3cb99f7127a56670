import { describe, expect, it } from 'vitest';
import type { Alert } from '../../../../contract/alert.ts';
import type { Device, Point } from '../../../../dashboards/console/src/api/schema.ts';
import { LatestPoints } from '../../../../dashboards/console/src/live/latest-points.ts';
import { chooseDevice, siteSummary } from '../../../../dashboards/console/src/overview/site-summary.ts';

const device = (id: string, online: boolean, revoked = false): Device => ({
  id,
  site: 'school',
  online,
  revoked,
  open_alerts: 0,
});
const point = (id: string, measurement: string, tags: Record<string, string>, fields: Point['fields']): Point => ({
  ...{ site: 'school', device: id, time: 1000 },
  measurement,
  tags,
  fields,
});
const rates = (id: string, name: string, kind: string, rx: number): Point =>
  point(id, 'network', { interface: name, kind }, { rx_bits_per_second: rx, tx_bits_per_second: rx / 10 });

const devices = [device('old', false, true), device('a', false), device('b', true), device('c', true)];
const latest = new LatestPoints();
latest.merge([
  rates('a', 'eth0', 'ethernet', 7000),
  rates('b', 'eth0', 'ethernet', 100),
  rates('b', 'docker0', 'bridge', 90),
  rates('c', 'eth0', 'ethernet', 20),
  point('b', 'ipv6', {}, { summary: 'reachable' }),
]);

describe('siteSummary', () => {
  it('counts devices that belong to the site and adds up what those online carry', () => {
    expect(siteSummary(devices, [], latest)).toEqual({
      ...{ total: 3, online: 2, offline: 1, alerts: 0, worstLevel: undefined },
      ...{ ipv6: [{ id: 'b', state: 'reachable' }], downBitsPerSecond: 120, upBitsPerSecond: 12 },
    });
  });

  it('names the worst level', () => {
    const alerts = [4, 2, 3].map((level) => ({ level }) as Alert);
    expect(siteSummary(devices, alerts, latest)).toMatchObject({ alerts: 3, worstLevel: 2 });
  });

  it('says nothing of traffic that nobody reports', () => {
    expect(siteSummary([], [], latest).downBitsPerSecond).toBeUndefined();
  });
});

describe('chooseDevice', () => {
  const all = () => true;

  it('takes the one asked for, else the first online, else the first', () => {
    expect(chooseDevice(devices, 'school/c', all)?.id).toBe('c');
    expect(chooseDevice(devices, 'school/gone', all)?.id).toBe('b');
    expect(chooseDevice([device('a', false)], undefined, all)?.id).toBe('a');
    expect(chooseDevice([], undefined, all)).toBeUndefined();
  });

  it('prefers one that has values to show', () => {
    expect(chooseDevice(devices, undefined, ({ id }) => id === 'c')?.id).toBe('c');
    expect(chooseDevice(devices, undefined, () => false)?.id).toBe('b');
  });
});
